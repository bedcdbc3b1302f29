#!/bin/sh
# Ends the process that its starter leaves behind: leash.sh <signal> <"-" for the whole group> <tenths of a second> <folder>
#
# Reads a process id, then waits for a second line. End of file instead of that line means that the starter has died; then
# the process is told to stop, after a while killed, and the folder, where one is given, removed.
signal=$1 group=$2 tries=$3 folder=$4
read -r pid || exit 0
read -r released && exit 0
kill -s "$signal" -- "$group$pid" 2>/dev/null
while kill -s 0 -- "$group$pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
  sleep 0.1
  tries=$((tries - 1))
done
kill -s KILL -- "$group$pid" 2>/dev/null
[ -z "$folder" ] || rm -rf -- "$folder"
