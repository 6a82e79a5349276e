//! What can be wrong with a writer of the credentials file.

/// One thing that a twin does otherwise than the writer it is a twin of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Adds a line break at the end with each write.
    AddsFinalNewline,
    /// Takes a file that another program has just truncated for what it is.
    BelievesTruncated,
    DropsComments,
    /// Writes its section anew, without what a person put into it.
    DropsForeignKeys,
    FileNotSynced,
    FileSyncedAfterRename,
    FolderNotSynced,
    FolderSyncedBeforeRename,
    /// Exchanges the files, and looks neither at once nor later at what it displaced.
    ForgetsDisplaced,
    /// Writes once, and does not ask how much of it was taken.
    IgnoresShortWrite,
    /// Leaves what it displaced under the temporary name.
    LeavesTemp,
    /// Reads, waits for the lock, and writes what it made of what it read.
    LocksAfterReading,
    LocksNothing,
    /// Does not look again after the change.
    LooksNoMore,
    /// Takes the rights of others away when the file is in its place.
    NarrowsModeLate,
    /// The name of a folder that it makes may be lost, and everything in it.
    NewFolderNotSynced,
    /// Nothing: as good as the library's own writer.
    None,
    /// Renames, instead of exchanging the files, and that was it.
    OnlyRenames,
    /// Gives each temporary file a name of its own, which nobody looks for later.
    RandomTempName,
    /// Removes the lock file, for which another may be waiting.
    RemovesLockFile,
    ReordersSections,
    /// Writes a file in the place of a link.
    ReplacesLink,
    ReportsBeforeFolderSync,
    /// Syncs again after a sync has failed.
    RetriesFailedSync,
    /// Says that all went well.
    SwallowsErrors,
    TargetOpenToAll,
    TempOpenToAll,
    TruncatesInPlace,
    UnixLineBreaks,
    /// Writes its own section and nothing else.
    WritesOnlyOurs,
}

impl Flaw {
    pub(crate) const ALL: &[Self] = &[
        Self::AddsFinalNewline,
        Self::BelievesTruncated,
        Self::DropsComments,
        Self::DropsForeignKeys,
        Self::FileNotSynced,
        Self::FileSyncedAfterRename,
        Self::FolderNotSynced,
        Self::FolderSyncedBeforeRename,
        Self::ForgetsDisplaced,
        Self::IgnoresShortWrite,
        Self::LeavesTemp,
        Self::LocksAfterReading,
        Self::LocksNothing,
        Self::LooksNoMore,
        Self::NarrowsModeLate,
        Self::NewFolderNotSynced,
        Self::None,
        Self::OnlyRenames,
        Self::RandomTempName,
        Self::RemovesLockFile,
        Self::ReordersSections,
        Self::ReplacesLink,
        Self::ReportsBeforeFolderSync,
        Self::RetriesFailedSync,
        Self::SwallowsErrors,
        Self::TargetOpenToAll,
        Self::TempOpenToAll,
        Self::TruncatesInPlace,
        Self::UnixLineBreaks,
        Self::WritesOnlyOurs,
    ];

    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }
}
