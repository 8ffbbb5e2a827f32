#!/bin/sh
# Whether the process that touches ALIVE_FILE still does. One that has stopped is ended, since only the
# end of its container makes the engine start another.
set -u
file=/tmp/alive

if [ ! -e "$file" ]; then exit 1; fi  # it has not begun
if find "$file" -newermt '-15 seconds' | grep -q .; then exit 0; fi
if find "$file" -newermt '-40 seconds' | grep -q .; then exit 1; fi
echo "No sign of life for 40 s: ending it." >/proc/1/fd/2
# The first process is tini; what it started does not listen to anything milder any more.
read -r children </proc/1/task/1/children
kill -KILL $children
exit 1
