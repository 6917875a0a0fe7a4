"""`python -m hitbtc_keycheck` is the command."""

from hitbtc_keycheck.cli import main

raise SystemExit(main())
