//! What the types forbid does not compile.
//!
//! The expected messages are the pinned toolchain's. After a change of it, look at each new message and write it down
//! with `TRYBUILD=overwrite cargo test -p leapp-core-compile-fail`.

#[test]
fn what_is_forbidden_does_not_compile() {
    let cases = trybuild::TestCases::new();
    // First what is allowed: if the cases could not compile at all, every refusal below would mean nothing.
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
