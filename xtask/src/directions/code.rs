//! Reading Rust sources as far as the rules need: which paths does the code name, and where.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;

/// A path that code names, such as `std::fs::File`, spelled out also where it stands in a nested `use`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
}

/// Words that a path may follow but is not part of: `use ::std::fs`.
const KEYWORDS: [&str; 9] = ["as", "dyn", "else", "impl", "in", "mut", "pub", "return", "use"];

/// All Rust files below a folder, sorted.
pub(super) fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let failed = |e| format!("reading {}: {e}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|e| format!("reading {}: {e}", path.display()))
}

/// The code without comments, literals and `#[cfg(test)]` items, blanked so that lines keep their numbers.
pub(super) fn production_code(source: &str) -> String {
    without_tests(&without_literals(source))
}

/// Every path that blanked code names.
pub(super) fn named_paths(code: &str) -> Vec<NamedPath> {
    let tokens = tokens(code);
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        at = path(&tokens, at, &[], &mut paths).max(start + 1);
    }
    paths
}

/// Reads one path, or one `use` tree, and gives where it ends.
fn path(tokens: &[(usize, &str)], mut at: usize, before: &[String], paths: &mut Vec<NamedPath>) -> usize {
    let mut segments = before.to_vec();
    let line = tokens.get(at).map_or(0, |(line, _)| *line);
    while let Some((_, token)) = tokens.get(at) {
        let is_keyword = KEYWORDS.contains(token);
        let continues = !is_keyword && tokens.get(at + 1).is_some_and(|(_, next)| *next == "::");
        match *token {
            "::" => at += 1,
            "{" if is_tree(tokens, at) => return tree(tokens, at + 1, &segments, paths),
            word if is_word(word) => {
                segments.push(word.trim_start_matches("r#").to_owned());
                at += 1;
                if !continues {
                    break;
                }
            }
            _ => break,
        }
    }
    if segments.len() > before.len() {
        paths.push(NamedPath { line, segments });
    }
    at
}

/// Whether the brace here opens the branches of a `use` tree.
fn is_tree(tokens: &[(usize, &str)], brace: usize) -> bool {
    brace.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|(_, token)| *token == "::")
}

/// Reads the branches of a `use` tree up to its closing brace.
fn tree(tokens: &[(usize, &str)], mut at: usize, before: &[String], paths: &mut Vec<NamedPath>) -> usize {
    while let Some((_, token)) = tokens.get(at) {
        if *token == "}" {
            return at + 1;
        }
        at = path(tokens, at, before, paths).max(at + 1);
    }
    at
}

fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_word_character(first) {
                rest.find(|c| !is_word_character(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            found.push((index + 1, token));
            rest = after.trim_start();
        }
    }
    found
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|c| is_word_character(c) && !c.is_ascii_digit())
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn without_literals(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let opaque = opaque_length(rest, code.chars().next_back());
        let (piece, after) = rest.split_at(if opaque == 0 { first.len_utf8() } else { opaque });
        if opaque == 0 {
            code.push_str(piece)
        } else {
            code.push_str(&blank(piece))
        }
        rest = after;
    }
    code
}

/// How long the comment or literal is that starts here; 0 where there is none.
fn opaque_length(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(is_word_character);
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    if rest.starts_with('\'') {
        return character_length(rest);
    }
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !in_word);
    raw.map_or(0, |quoted| raw_length(quoted).map_or(0, |length| rest.len() - quoted.len() + length))
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return at + quote.len_utf8();
        }
    }
    rest.len()
}

/// A character literal, or 0 for a lifetime.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.chars().skip(1);
    match (characters.next(), characters.next()) {
        (Some('\\'), _) => quoted_length(rest, '\''),
        (Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

/// What follows the `r` of a raw string, if it is one: hashes, quote, text, quote, hashes.
fn raw_length(quoted: &str) -> Option<usize> {
    let hashes = quoted.len() - quoted.trim_start_matches('#').len();
    let text = quoted[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text.find(&end).map_or(quoted.len(), |at| hashes + 1 + at + end.len()))
}

fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, from) = rest.split_at(at);
        let (item, after) = from.split_at(item_length(from));
        kept.push_str(before);
        kept.push_str(&blank(item));
        rest = after;
    }
    kept + rest
}

/// An item ends with its closing brace, or with a semicolon where it has none.
fn item_length(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    item.len()
}

fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str) -> Vec<String> {
        let named = named_paths(&production_code(source));
        named.into_iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let source = "// tokio\n/* std::fs /* nested */ aws_x */ a; \"tokio \\\" b\"; r#\"c \" d\"#; '\\''; 'e'; fn f<'g>() {}";
        assert_eq!(paths(source), ["a", "fn", "f", "g"]);
    }

    #[test]
    fn nested_uses_are_spelled_out() {
        assert_eq!(
            paths("use std::{env, fs::{self, File as F}}; let x = {y};")[..8],
            ["use", "std::env", "std::fs::self", "std::fs::File", "std::fs::as", "std::fs::F", "let", "x"]
        );
    }

    #[test]
    fn tests_are_left_out_and_lines_keep_their_numbers() {
        let code = production_code("#[cfg(test)]\nmod tests {\n  fn a() { tokio::spawn(); }\n}\nuse b::c;");
        let last = named_paths(&code).pop().unwrap();
        assert_eq!((last.line, last.segments.join("::")), (5, "b::c".to_owned()));
        assert!(!code.contains("tokio"));
    }
}
