"""`python -m hitbtc_keycheck` is the command."""

from hitbtc_keycheck.terminal import main

raise SystemExit(main())
