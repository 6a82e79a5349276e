//! What a client said of its cases, held against what it was to say.

use crate::clients::Ended;

/// A case, how it ended for the client, and what it found: the answer, or the code and the status of a refusal.
pub(crate) type Row = [&'static str; 3];

/// Fails unless the client ran these cases, in this order, and they all ended like this.
#[track_caller]
pub(crate) fn assert_cases(ended: &Ended, expected: &[Row]) {
    assert!(ended.status.success(), "{}\n{}", ended.stdout, ended.stderr);
    let said: Vec<&str> = ended.stdout.lines().collect();
    let wrong = said.iter().zip(expected).find(|(said, row)| **said != row.join("\t"));
    assert!(wrong.is_none(), "{wrong:?} in\n{}", ended.stdout);
    assert_eq!(said.len(), expected.len(), "{}", ended.stdout);
}
