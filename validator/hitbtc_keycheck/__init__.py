"""Check the permissions of a HitBTC API key before handing it to a bot.

The core asks, somebody else sends: :class:`~hitbtc_keycheck.check.Check` plans requests and reads
what comes back. It has no socket, clock, randomness or secret in it; the two adapters, ``bridge``
and ``cli``, hand those in. Importing this package imports nothing else.
"""

__version__ = "0.1.0"
