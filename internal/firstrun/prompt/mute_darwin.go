package prompt

import "golang.org/x/sys/unix"

const getTermios, setTermios, setTermiosAndForget = unix.TIOCGETA, unix.TIOCSETA, unix.TIOCSETAF
