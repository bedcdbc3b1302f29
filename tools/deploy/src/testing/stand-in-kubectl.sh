#!/bin/sh
# Plays kubectl for `standInKubectl`, beside the files that tell it how (scenario) and that it leaves (asked, applied, revision).
set -eu
folder=$(dirname "$0")
. "$folder/scenario"

asked=
for argument; do
  case $argument in
  --output*) ;;
  *) asked="$asked $argument" ;;
  esac
done
asked=${asked# }
printf '%s\n' "$asked" >>"$folder/asked"

if [ -n "$fails" ] && { [ "$once" = false ] || [ ! -e "$folder/failed" ]; }; then
  case $asked in
  "$fails"*)
    : >"$folder/failed"
    printf 'error: this was made to fail\nsee above\n' >&2
    exit 1
    ;;
  esac
fi

# A rollback makes a new revision, too.
next_revision() {
  echo $((${revision:-0} + 1)) >"$folder/revision"
}
if [ -e "$folder/revision" ]; then revision=$(cat "$folder/revision"); fi

case $asked in
config*) echo a-cluster ;;
"get --raw"*) echo ok ;;
get*) echo "$revision" ;;
apply*)
  cat >"$folder/applied"
  next_revision
  ;;
"rollout undo"*) next_revision ;;
port-forward*)
  echo "Forwarding from 127.0.0.1:$port -> 50051"
  exec sleep 60
  ;;
esac
