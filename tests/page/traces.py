"""What a secret looks like in other clothes, and whether any of them lies in some bytes.

`DISGUISES` makes each of them; `traces` says by what each is known, whatever stands around it and
in either case. Twelve running characters are enough where the secret is spelt out.
"""

import base64
import codecs
import hashlib
from collections.abc import Callable, Mapping
from functools import cache

RUN = 12

DISGUISES: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda secret: secret,
    "twelve of its characters": lambda secret: secret[11 : 11 + RUN],
    "reversed": lambda secret: secret[::-1],
    "twelve of them reversed": lambda secret: secret[3 : 3 + RUN][::-1],
    "upper case": str.upper,
    "lower case": str.lower,
    "case swapped": str.swapcase,
    "two bytes a character": lambda secret: secret.encode("utf-16-le").decode(),
    "rot13": lambda secret: codecs.encode(secret, "rot13"),
    "hex": lambda secret: secret.encode().hex(),
    "hex in capitals": lambda secret: secret.encode().hex().upper(),
    "hex with spaces": lambda secret: secret.encode().hex(" "),
    "hex with colons": lambda secret: secret.encode().hex(":"),
    "hex as numbers": lambda secret: ", ".join(f"0x{byte:02x}" for byte in secret.encode()),
    "hex of base64": lambda secret: base64.b64encode(secret.encode()).hex(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64, one byte on": lambda secret: base64.b64encode(f"x{secret}".encode()).decode(),
    "base64, two bytes on": lambda secret: base64.b64encode(f"xx{secret}x".encode()).decode(),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
    "base64 twice": lambda secret: base64.b64encode(base64.b64encode(secret.encode())).decode(),
    "base64 of two bytes a character": lambda secret: base64.b64encode(
        secret.encode("utf-16-le")
    ).decode(),
    "base32": lambda secret: base64.b32encode(secret.encode()).decode(),
    "base32, three bytes on": lambda secret: base64.b32encode(f"xxx{secret}".encode()).decode(),
    "base85": lambda secret: base64.b85encode(secret.encode()).decode(),
    "Ascii85": lambda secret: base64.a85encode(secret.encode()).decode(),
    "percent": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "decimal": lambda secret: ",".join(map(str, secret.encode())),
    "decimal with spaces": lambda secret: ", ".join(map(str, secret.encode())),
    "binary": lambda secret: "".join(f"{byte:08b}" for byte in secret.encode()),
    "octal escapes": lambda secret: "".join(f"\\{byte:03o}" for byte in secret.encode()),
    "hex escapes": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "JSON escapes": lambda secret: "".join(f"\\u{byte:04x}" for byte in secret.encode()),
    "HTML escapes": lambda secret: "".join(f"&#{byte};" for byte in secret.encode()),
    "letter by letter": " ".join,
    "list of letters": '","'.join,
    "MD5": lambda secret: hashlib.md5(secret.encode(), usedforsecurity=False).hexdigest(),
    "SHA-1": lambda secret: hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest(),
    "SHA-256": lambda secret: hashlib.sha256(secret.encode()).hexdigest(),
    "SHA-384": lambda secret: hashlib.sha384(secret.encode()).hexdigest(),
    "SHA-512": lambda secret: hashlib.sha512(secret.encode()).hexdigest(),
    "SHA-256 in base64": lambda secret: base64.b64encode(
        hashlib.sha256(secret.encode()).digest()
    ).decode(),
}

_STRETCHED = {"base64": (base64.b64encode, 3, 6), "base32": (base64.b32encode, 5, 5)}


@cache
def traces(secret: str) -> frozenset[bytes]:
    """By what a secret is known in text made lower case."""
    disguised = {make(secret).encode() for make in DISGUISES.values()}
    return frozenset(trace.lower() for trace in disguised | _runs(secret) | _shifted(secret))


def _runs(secret: str) -> set[bytes]:
    runs = {secret[start : start + RUN] for start in range(len(secret) - RUN + 1)}
    both_ways = runs | {run[::-1] for run in runs}
    return {run.encode(code) for run in both_ways for code in ("utf-8", "utf-16-le")}


def _shifted(secret: str) -> set[bytes]:
    """What stands still in the middle of an encoding, however many bytes come before the secret."""
    kept = set()
    for raw in (secret.encode(), base64.b64encode(secret.encode()), secret.encode("utf-16-le")):
        for encode, group, bits in _STRETCHED.values():
            for skip in range(group):
                first, end = -(-8 * skip // bits), 8 * (skip + len(raw)) // bits
                kept.add(encode(bytes(skip) + raw)[first:end])
    return kept | {trace.replace(b"+", b"-").replace(b"/", b"_") for trace in kept}


def reveals(content: bytes, secret: str) -> list[str]:
    """The traces of a secret that lie in some bytes."""
    folded = content.lower()
    return sorted(trace.decode() for trace in traces(secret) if trace in folded)
