//! Reference programs; see README.md beside this file.
