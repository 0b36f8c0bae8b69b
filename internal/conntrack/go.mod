// A module of its own, because it replaces another one.
module github.com/mwitkow/go-conntrack

go 1.26.0
