//! A set for each number. A reader can tell a whole one from pieces of two, since the number is in every part.

/// What AWS would have issued. The writers in other languages derive the same.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MadeUp {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
}

/// What every secret begins with, and nothing else does.
pub(crate) const SECRET: &str = "made-up/";

pub(crate) fn set(number: u32) -> MadeUp {
    let digits = format!("{number:010}");
    MadeUp {
        access_key_id: format!("ASIAMADEUP{digits}"),
        secret_access_key: format!("{SECRET}secret+{digits}"),
        // As long as real ones are, so that it may be cut in the middle.
        session_token: format!("{SECRET}token+{}==", digits.repeat(40)),
    }
}
