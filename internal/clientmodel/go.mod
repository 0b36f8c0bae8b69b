// A module of its own, because it replaces another one.
module github.com/prometheus/client_model

go 1.26.0
