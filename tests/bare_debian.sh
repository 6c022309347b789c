#!/usr/bin/env bash
# Proves that a fresh clone works on a machine with only Python, git and pip: a bare Debian in a folder, used and thrown away.
#   tests/bare_debian.sh bookworm root ./dev test
#   tests/bare_debian.sh trixie reader ./dev demo --once
# Needs root and debootstrap.  The bare system is made once per suite (50 s, 420 MB) under KBGEN_BARE, default ~/.cache/kbgen-bare;
# each run lays a fresh layer over it.  What is committed is tested, and nothing else.
set -euo pipefail
suite=${1:?suite: bookworm or trixie} account=${2:?account: root or reader}
shift 2
[[ $# -gt 0 ]] || set -- ./dev test
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
store=${KBGEN_BARE:-$HOME/.cache/kbgen-bare}
base=$store/$suite
if [[ ! -e $base/ready ]]; then
  mkdir -p "$store"
  rm -rf "$base"
  debootstrap --variant=minbase --include=python3,python3-pip,git,ca-certificates "$suite" "$base" >/dev/null
  touch "$base/ready"
fi
layer=$(mktemp -d "$store/layer.XXXXXX")
trap 'rm -rf "$layer"' EXIT
mkdir "$layer"/{upper,work,root}

export base layer top account
unshare --mount bash -euo pipefail -c '
  root=$layer/root
  mount -t overlay overlay -o "lowerdir=$base,upperdir=$layer/upper,workdir=$layer/work" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  [[ -e $root/etc/hosts ]] || printf "127.0.0.1 localhost\n::1 localhost\n" >"$root/etc/hosts"  # an installer writes it, debootstrap does not
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"  # networks with a certificate of their own
  [[ $account == root ]] || chroot "$root" useradd --create-home "$account"
  home=$(chroot "$root" getent passwd "$account" | cut -d: -f6)
  git clone --quiet "$top" "$root$home/kbgen"
  chroot "$root" chown -R "$account:" "$home"
  certificates=/etc/ssl/certs/ca-certificates.crt
  chroot "$root" setpriv --reuid="$account" --regid="$account" --init-groups env --ignore-environment --chdir="$home/kbgen" \
    HOME="$home" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 CI=true \
    PIP_CERT=$certificates SSL_CERT_FILE=$certificates NODE_EXTRA_CA_CERTS=$certificates "$@"
' bare "$@"
