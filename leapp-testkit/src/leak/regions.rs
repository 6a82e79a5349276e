//! The memory of this process that can be written, as `/proc/self/maps` tells it.

/// From an address up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) is_stack: bool,
}

/// What Rust and tokio give a thread. Of a larger stack the rest counts as heap: rather too strict than too mild.
const STACK: u64 = 2 << 20;
/// What stands below a thread's stack and may not be touched. Below a heap of glibc's there may be such a region too, but a
/// heap begins at a multiple of its largest size.
const GUARD: u64 = 4096;
const HEAP_ALIGNMENT: u64 = 64 << 20;

impl Region {
    pub(super) fn new(start: u64, end: u64, is_stack: bool) -> Self {
        Self { start, end, is_stack }
    }

    /// What is left before and behind a part of it.
    pub(super) fn without(self, from: u64, to: u64) -> [Self; 2] {
        let before = self.end.min(from.max(self.start));
        let behind = self.start.max(to.min(self.end));
        [Self { end: before, ..self }, Self { start: behind, ..self }]
    }
}

/// All that can be read and written, in the order of the addresses.
pub(super) fn writable(maps: &str) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut guard_ends_at = None;
    for mapping in maps.lines().filter_map(Mapping::parse) {
        let Mapping { start, end, rights, name } = mapping;
        if rights.starts_with("rw") {
            let is_guarded = guard_ends_at == Some(start) && start % HEAP_ALIGNMENT != 0;
            let stack_ends_at = match name {
                "[stack]" => end,
                "" if is_guarded => end.min(start + STACK),
                _ => start,
            };
            regions.push(Region::new(start, stack_ends_at, true));
            regions.push(Region::new(stack_ends_at, end, false));
        }
        let is_guard = rights.starts_with("---") && name.is_empty() && end - start == GUARD;
        guard_ends_at = is_guard.then_some(end);
    }
    regions
}

struct Mapping<'a> {
    start: u64,
    end: u64,
    rights: &'a str,
    name: &'a str,
}

impl<'a> Mapping<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let address = |text| u64::from_str_radix(text, 16).ok();
        // Rights, offset, device, inode, and a name that may have spaces.
        let mut fields = rest.splitn(5, ' ');
        let rights = fields.next()?;
        let name = fields.nth(3).unwrap_or_default().trim();
        Some(Self { start: address(start)?, end: address(end)?, rights, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_left_out_wherever_it_lies() {
        let region = |start, end| Region::new(start, end, false);
        assert_eq!(region(10, 20).without(12, 15), [region(10, 12), region(15, 20)]);
        assert_eq!(region(10, 20).without(10, 20), [region(10, 10), region(20, 20)]);
        assert_eq!(region(10, 20).without(5, 12), [region(10, 10), region(12, 20)]);
        assert_eq!(region(10, 20).without(18, 30), [region(10, 18), region(20, 20)]);
        // Beside it: once is enough.
        assert_eq!(region(10, 20).without(30, 40), [region(10, 20), region(20, 20)]);
        assert_eq!(region(10, 20).without(1, 5), [region(10, 10), region(10, 20)]);
    }

    fn stacks(maps: &str) -> Vec<(u64, u64)> {
        let filled = |region: &Region| region.is_stack && region.start < region.end;
        writable(maps)
            .iter()
            .filter(|region| filled(region))
            .map(|region| (region.start, region.end))
            .collect()
    }

    #[test]
    fn a_stack_stands_above_a_guard() {
        let maps = "\
7f0000001000-7f0000002000 ---p 00000000 00:00 0 \n\
7f0000002000-7f0000202000 rw-p 00000000 00:00 0 \n\
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n";
        assert_eq!(
            stacks(maps),
            [(0x7f00_0000_2000, 0x7f00_0020_2000), (0x7ffc_0000_0000, 0x7ffc_0002_1000)]
        );
    }

    #[test]
    fn what_is_larger_than_a_stack_is_heap_from_there_on() {
        let maps = "\
7f0000001000-7f0000002000 ---p 00000000 00:00 0 \n\
7f0000002000-7f0000802000 rw-p 00000000 00:00 0 \n";
        assert_eq!(stacks(maps), [(0x7f00_0000_2000, 0x7f00_0020_2000)]);
        assert!(writable(maps).contains(&Region::new(0x7f00_0020_2000, 0x7f00_0080_2000, false)));
    }

    #[test]
    fn a_heap_is_no_stack_whatever_stands_below_it() {
        for below in [
            // The unused end of the heap before it.
            "7efffffff000-7f0000000000 ---p 00000000 00:00 0 \n",
            "7effff000000-7f0000000000 ---p 00000000 00:00 0 \n",
            "7effff000000-7f0000000000 r--p 00000000 00:00 0 \n",
            "",
        ] {
            let heap = "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 \n";
            assert_eq!(stacks(&[below, heap].concat()), [], "{below}");
        }
        // Not next to it, of a library, or of a file.
        for maps in [
            "7f0000001000-7f0000002000 ---p 00000000 00:00 0 \n7f0000003000-7f0000004000 rw-p 00000000 00:00 0 \n",
            "7f0000001000-7f0000002000 ---p 00000000 08:01 9 /lib/x.so\n7f0000002000-7f0000003000 rw-p 00000000 00:00 0 \n",
            "7f0000001000-7f0000002000 ---p 00000000 00:00 0 \n7f0000002000-7f0000003000 rw-p 00000000 08:01 9 /a b\n",
        ] {
            assert_eq!(stacks(maps), [], "{maps}");
        }
    }
}
