#!/bin/sh
# Makes ./configure from configure.ac. Needs autoconf, automake,
# autoconf-archive and pkgconf; ./quickstart installs them.
set -eu
cd "$(dirname "$0")"
mkdir -p m4
autoreconf --install --force --warnings=all,no-obsolete
