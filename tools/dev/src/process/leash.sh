#!/bin/sh
# Clears up what its starter leaves behind: leash.sh <signal> <"-" for the whole group> <tenths of a second> <folder>
#
# Reads, from descriptor 3, a process id, 0 for none, then waits for a second line. End of file instead of that line
# means that the starter has died; then the process is told to stop, after a while killed, and the folder, where one is
# given, removed.
#
# All of it happens in the background, so that what does it is no descendant of the starter: nx, told to stop, ends all
# descendants of its task, whatever session they are in.
signal=$1 group=$2 tries=$3 folder=$4
{
  read -r pid || exit 0
  read -r released && exit 0
  if [ "$pid" != 0 ]; then
    kill -s "$signal" -- "$group$pid" 2>/dev/null
    while kill -s 0 -- "$group$pid" 2>/dev/null && [ "$tries" -gt 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
    kill -s KILL -- "$group$pid" 2>/dev/null
  fi
  if [ -n "$folder" ]; then
    # whoever still writes there is being ended by a leash of its own
    until rm -rf -- "$folder" 2>/dev/null || [ "$tries" -le 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
  fi
} <&3 3<&- &
