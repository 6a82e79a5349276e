//! `StringLike` of IAM's conditions: `*` for any characters, `?` for any one.

/// Goes back to the last `*` at most, so the time is bounded by the product of the lengths.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    while at < text.len() {
        match pattern.get(in_pattern) {
            Some('*') => {
                star = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(&c) if c == '?' || c == text[at] => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((after, star_at)) = star else { return false };
                star = Some((after + 1, star_at));
                (at, in_pattern) = (after + 1, star_at + 1);
            }
        }
    }
    pattern[in_pattern..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_string_like_does() {
        for (text, pattern, is_matched) in [
            ("repo:octo/app", "repo:octo/app", true),
            ("repo:octo/app", "repo:octo/*", true),
            ("repo:octo/app", "*app", true),
            ("repo:octo/app", "repo:*/a?p*", true),
            ("repo:octo/app", "repo:octo", false),
            ("repo:octo/app", "repo:octo/?", false),
            ("repo:octo/app", "*:octa/*", false),
            ("", "*", true),
            ("", "?", false),
        ] {
            assert_eq!(is_like(text, pattern), is_matched, "{text} like {pattern}");
        }
    }
}
