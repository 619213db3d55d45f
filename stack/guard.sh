#!/bin/sh
# Runs COMMAND… in this process (same pid, same exit status) and ties its life to the starter's.
#   usage: guard.sh GRACE_S COMMAND [ARGUMENT…]     file descriptor 3 = the read end of a pipe that the starter holds open
# When the starter ends, however it ends (kill -9 too), the kernel closes the pipe; the watcher below then ends the whole
# process group: SIGTERM first, SIGKILL after GRACE_S seconds. The starter must have made this process a group leader.
grace_s=$1
shift
(
  trap '' TERM INT HUP
  exec >/dev/null 2>&1 </dev/null
  read -r _ <&3
  kill -TERM -$$
  waited_s=0
  while kill -0 $$ && [ "$waited_s" -lt "$grace_s" ]; do
    sleep 1
    waited_s=$((waited_s + 1))
  done
  kill -KILL -$$
) &
exec "$@" 3<&-
