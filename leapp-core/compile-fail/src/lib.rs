//! Programs over leapp-core that must not compile; see `tests/ui`.
