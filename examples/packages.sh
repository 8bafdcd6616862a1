# SPDX-FileCopyrightText: 2026 The rocketio-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh

# Read by examples/run and tests/run: finds out what is missing, and installs it where there is apt-get.

missing_debian=
missing_fedora=
missing_arch=

die () {
  echo "$@" >&2
  exit 1
}

has () {
  command -v "$1" >/dev/null
}

has_compiler () {
  echo '#include <stdio.h>' | cc -E -x c -
}

has_sanitizers () {
  program=$(mktemp) || return 1
  echo 'int main (void) { return 0; }' | cc -fsanitize=address,undefined -x c - -o "$program"
  status=$?
  rm -f "$program"
  return $status
}

has_fuzzer () {
  program=$(mktemp) || return 1
  echo 'int LLVMFuzzerTestOneInput (const char *data, long size) { return 0; }' |
    clang -fsanitize=fuzzer,address,undefined -x c - -o "$program"
  status=$?
  rm -f "$program"
  return $status
}

has_glib () {
  has glib-compile-resources && pkg-config --exists 'gio-unix-2.0 >= 2.74'
}

# GIO finds TLS in a plug-in.
has_tls () {
  modules=$(pkg-config --variable=giomoduledir gio-2.0) || return 1
  [ -e "$modules/libgiognutls.so" ] || [ -e "$modules/libgioopenssl.so" ]
}

# has_typelib NAMESPACE-VERSION
has_typelib () {
  libraries=$(pkg-config --variable=typelibdir gobject-introspection-1.0) && [ -e "$libraries/$1.typelib" ]
}

# The first python3 on PATH may be a private one, without PyGObject; a folder called gi is not PyGObject yet.
python_with_gi () {
  for python in python3 /usr/bin/python3; do
    "$python" -c 'from gi import require_version' 2>/dev/null && echo "$python" && return
  done
  return 1
}

# has_module MODULE: for the Python above.
has_module () {
  python=$(python_with_gi) && "$python" -c "import $1"
}

# need DEBIAN FEDORA ARCH CHECK...: the packages for the three systems, and a command that tells whether they are there.
need () {
  packages_debian=$1 packages_fedora=$2 packages_arch=$3
  shift 3
  "$@" >/dev/null 2>&1 && return

  missing_debian="$missing_debian $packages_debian"
  missing_fedora="$missing_fedora $packages_fedora"
  missing_arch="$missing_arch $packages_arch"
}

need_for_build () {
  need 'gcc libc6-dev' gcc gcc has_compiler
  need pkg-config pkgconf-pkg-config pkgconf has pkg-config
  need meson meson meson has meson
  need ninja-build ninja-build ninja has ninja
  need libglib2.0-dev glib2-devel 'glib2 glib2-devel' has_glib
  need libsoup-3.0-dev libsoup3-devel libsoup3 pkg-config --exists 'libsoup-3.0 >= 3.2.3'
  need libjson-glib-dev json-glib-devel json-glib pkg-config --exists 'json-glib-1.0 >= 1.6.6'
  need zlib1g-dev zlib-devel zlib pkg-config --exists zlib
  need glib-networking glib-networking glib-networking has_tls
}

need_for_introspection () {
  need 'gobject-introspection libgirepository1.0-dev' gobject-introspection-devel gobject-introspection \
    pkg-config --exists gobject-introspection-1.0
  need gir1.2-json-1.0 json-glib json-glib has_typelib Json-1.0
  need gir1.2-soup-3.0 libsoup3 libsoup3 has_typelib Soup-3.0
}

need_for_vala () {
  need_for_introspection
  need valac 'vala libvala-devel' vala has vapigen
  need valac vala vala has valac
}

need_for_python () {
  need_for_introspection
  need python3-gi python3-gobject python-gobject python_with_gi
}

need_for_gjs () {
  need_for_introspection
  need gjs gjs gjs has gjs
}

# All the languages, the reference, and what the tests need besides.
need_for_languages () {
  need_for_vala
  need_for_python
  need_for_gjs
  need gi-docgen gi-docgen gi-docgen has gi-docgen
  need python3-gbulb python3-gbulb python-gbulb has_module gbulb
  need mypy python3-mypy mypy has mypy
}

# It makes the certificate for the tests of TLS; nm is with the compiler.
need_for_tests () {
  need openssl openssl openssl has openssl
}

need_for_sanitizers () {
  need gcc 'libasan libubsan' gcc has_sanitizers
}

# libFuzzer comes with the runtime of clang.
need_for_fuzz () {
  need 'clang libclang-rt-14-dev' 'clang compiler-rt' 'clang compiler-rt' has_fuzzer
}

need_for_valgrind () {
  need valgrind valgrind valgrind has valgrind
}

# Where there is a Node.js, it stays: the packages of the system and those of others do not go together.
need_for_node () {
  need nodejs nodejs nodejs has node
  need npm nodejs-npm npm has npm

  version=$(node --version 2>/dev/null || echo v99)
  if ! printf '%s\n' v18.19 "$version" | sort -C -V; then
    die "Node.js 18.19 or newer is needed; $(command -v node) is $version."
  fi
}

has_nginx () {
  has nginx || has /usr/sbin/nginx
}

# The tests start both on ports of their own.
need_for_proxies () {
  need nginx-light nginx nginx has_nginx
  need caddy caddy caddy has caddy
}

need_for_browser () {
  need_for_node
  need_for_proxies
  need 'chromium chromium-sandbox fonts-liberation' chromium chromium test -x "${CHROMIUM:-/usr/bin/chromium}"
}

# Not needed, but good to have: installed together with what is missing, never for its own sake.
list_optional () {
  ! has esbuild && apt-cache show esbuild >/dev/null 2>&1 && echo esbuild
}

install_with_apt () {
  how=
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || die "Packages are missing. Please install them as root, then try again:" \
                    "apt-get install$missing_debian"
    how=' through sudo, which may ask for your password'
    as_root=sudo
  fi

  # A machine of CI is thrown away: nothing need survive a power cut.
  options=
  [ "${CI:-}" != true ] || options=-oDPkg::Options::=--force-unsafe-io

  echo "To be installed with apt-get$how (this can take some minutes):"
  echo " $missing_debian"
  $as_root apt-get update -qq
  # shellcheck disable=SC2046,SC2086 # lists of words
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -oAcquire::Retries=3 $options \
    $missing_debian $(list_optional) >/dev/null
}

# The tests start nginx and Caddy themselves; as services, which Debian makes of them at once, they would take port 80.
stop_services () {
  has systemctl && [ -d /run/systemd/system ] || return 0
  for service in nginx caddy; do
    case $1 in
      *" $service"*) $as_root systemctl disable --now "$service" ;;
    esac
  done
}

# install_missing FUNCTION...: makes sure of what these functions need.
install_missing () {
  for list; do $list; done
  [ -n "$missing_debian" ] || return 0

  if ! has apt-get; then
    echo "Packages are missing. Please install them, then try again:"
    echo "  Fedora: dnf install$missing_fedora"
    echo "  Arch:   pacman -S --needed$missing_arch"
    exit 1
  fi

  install_with_apt || die "apt-get could not install what is missing; what it says above tells why."
  stop_services "$missing_debian"

  missing_debian=
  for list; do $list; done
  [ -z "$missing_debian" ] || die "Still missing or too old after the installation:$missing_debian" \
                                  "(Debian 12 or newer has what is needed)."
}
