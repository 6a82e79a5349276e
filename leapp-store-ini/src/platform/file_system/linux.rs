//! Linux gives each file system a number.

use std::path::Path;

use crate::FileSystem;

/// Of disks and of memory.
const LOCAL: [u32; 24] = [
    0x2011_BAB0, // exfat
    0x0102_1994, // tmpfs
    0x2FC1_2FC1, // zfs
    0x3153_464A, // jfs
    0x5265_4973, // reiserfs
    0x5346_4846, // the file system of Windows' own Linux, version 1
    0x5346_544E, // ntfs
    0x5846_5342, // xfs
    0x6265_6572, // sysfs
    0x7366_746E, // ntfs3
    0x7371_7368, // squashfs
    0x794C_7630, // overlayfs: what is written goes to a local one
    0x8584_58F6, // ramfs
    0x9123_683E, // btrfs
    0xCA45_1A4E, // bcachefs
    0xE0F5_E1E2, // erofs
    0xF2F5_2010, // f2fs
    0x0000_3434, // nilfs
    0x0000_4244, // hfs
    0x0000_482B, // hfsplus
    0x0000_4D44, // vfat
    0x0000_9660, // iso9660
    0x0000_9FA0, // proc
    0x0000_EF53, // ext2, ext3, ext4
];

/// Of servers, clusters and the hosts of virtual machines.
const NETWORK: [(u32, &str); 20] = [
    (0x00C3_6400, "ceph"),
    (0x00C0_FFEE, "hostfs"),
    (0x0102_1997, "9p"),
    (0x0116_1970, "gfs2"),
    (0x0BD0_0BD0, "lustre"),
    (0x1983_0326, "beegfs"),
    (0x4750_4653, "gpfs"),
    (0x5346_414F, "afs"),
    (0x6B41_4653, "afs"),
    (0x7375_7245, "coda"),
    (0x7461_636F, "ocfs2"),
    (0x786F_4256, "vboxsf"),
    (0x7C7C_6673, "prl_fs"),
    (0xAAD7_AAEA, "panfs"),
    (0xBACB_ACBC, "vmhgfs"),
    (0xFE53_4D42, "smb"),
    (0xFF53_4D42, "cifs"),
    (0x0000_517B, "smb"),
    (0x0000_564C, "ncp"),
    (0x0000_6969, "nfs"),
];

pub(crate) fn file_system(path: &Path) -> FileSystem {
    rustix::fs::statfs(path).map_or(FileSystem::Unknown, |status| {
        // The number has 32 bits; the field's width and sign are the machine's.
        of_number(status.f_type as u32)
    })
}

fn of_number(number: u32) -> FileSystem {
    if LOCAL.contains(&number) {
        return FileSystem::Local;
    }
    let network = NETWORK.iter().find(|(of, _)| *of == number);
    network.map_or(FileSystem::Unknown, |(_, name)| FileSystem::Network { name })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_kernels_numbers_are_told_apart() {
        let network = |name| FileSystem::Network { name };
        for (number, expected) in [
            (0xEF53, FileSystem::Local),
            (0x0102_1994, FileSystem::Local),
            (0x794C_7630, FileSystem::Local),
            (0x6969, network("nfs")),
            (0xFF53_4D42, network("cifs")),
            (0xFE53_4D42, network("smb")),
            (0x0102_1997, network("9p")),
            (0x786F_4256, network("vboxsf")),
            // FUSE, a folder that is mounted when it is first used, and what nobody knows.
            (0x6573_5546, FileSystem::Unknown),
            (0x0187, FileSystem::Unknown),
            (0, FileSystem::Unknown),
        ] {
            assert_eq!(of_number(number), expected, "{number:#x}");
        }
    }

    #[test]
    fn no_number_stands_twice() {
        let numbers = LOCAL.into_iter().chain(NETWORK.map(|(number, _)| number));
        assert_eq!(numbers.collect::<BTreeSet<_>>().len(), LOCAL.len() + NETWORK.len());
    }

    #[test]
    fn the_kernel_is_asked() {
        for path in ["/proc", "/sys", "/dev/shm"] {
            assert_eq!(file_system(Path::new(path)), FileSystem::Local, "{path}");
        }
        assert_eq!(file_system(Path::new("/proc/missing")), FileSystem::Unknown);
    }
}
