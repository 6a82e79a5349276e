//! In what the stores of the `keyring-core` family differ.

/// What one store does unlike the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quirks {
    /// The modifier that names an entry as a whole, for stores that would join service and user ambiguously.
    pub(crate) target_modifier: Option<&'static str>,
    /// Names that differ in upper and lower case alone are one.
    pub(crate) folds_case: bool,
    /// A modifier for each entry, and its value.
    pub(crate) modifier: Option<(&'static str, &'static str)>,
    /// The most bytes an item may have, for stores that are too small for some values.
    pub(crate) largest_item: Option<usize>,
    /// Building a thread's first entry replaces the keyring that the entry is for: what it stores is out of reach.
    pub(crate) first_entry_is_stale: bool,
    /// A session that writes an item it has not read makes a second one, which hides another session's.
    pub(crate) keeps_copies_by_session: bool,
    /// A refusal is a matter of permissions: there is nothing a person could unlock.
    pub(crate) cannot_be_locked: bool,
}

impl Quirks {
    /// A store that does what its interface says.
    pub(crate) const NONE: Self = Self {
        target_modifier: None,
        folds_case: false,
        modifier: None,
        largest_item: None,
        first_entry_is_stale: false,
        keeps_copies_by_session: false,
        cannot_be_locked: false,
    };
}
