package prompt

import "golang.org/x/sys/unix"

const getTermios, setTermios, setTermiosAndForget = unix.TCGETS, unix.TCSETS, unix.TCSETSF
