#!/bin/sh
# Puts on this machine what Python packages cannot bring, or says in one sentence what to install.
# Usage: setup_machine.sh venv|libraries|browser PYTHON VENV
set -eu
what=$1 python=$2 venv=$3
bin=$venv/bin
[ -d "$venv/Scripts" ] && bin=$venv/Scripts

debian() { command -v apt-get >/dev/null 2>&1; }

install_debian() {
    if [ "$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo"; else
        echo "This needs the system packages: $*. Install them with 'sudo apt-get install $*' and run make again." >&2
        exit 1
    fi
    $run apt-get update -qq && DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq "$@" >/dev/null
}

case $what in
venv)
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Python 3.11 or newer is needed: run make with PYTHON=/path/to/python3.11" >&2; exit 1; }
    [ -x "$bin/python" ] || "$python" -m venv "$venv" 2>/dev/null || {
        debian && install_debian python3-venv && "$python" -m venv "$venv"; } || {
        echo "Python's venv module is missing: install it (Debian: python3-venv) and run make again." >&2; exit 1; }
    ;;
libraries)
    "$bin/python" -c 'import cv2' 2>/dev/null || {
        debian && install_debian libgl1 libglib2.0-0; } || true
    "$bin/python" -c 'import cv2' || { echo "OpenCV cannot be loaded: install libGL and glib (Debian: libgl1 libglib2.0-0)." >&2; exit 1; }
    ;;
browser)
    "$bin/python" -c 'import pyzbar.pyzbar' 2>/dev/null || { debian && install_debian libzbar0; } || true  # the second reader of QR codes
    for c in chromium chromium-browser google-chrome chrome; do command -v "$c" >/dev/null 2>&1 && exit 0; done
    if debian; then install_debian chromium; else
        echo "The screen's tests need Chromium or Chrome: install it and run make again." >&2; exit 1; fi
    ;;
esac
