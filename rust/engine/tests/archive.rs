//! Archives: whole ones give their tensors, damaged ones an error that says what was found.

mod support;

use gpt2ro_engine::archive::Archive;
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Folder, Member, Written, members, write_archive, write_members};

fn tensors() -> Vec<Written> {
    vec![
        Written::new("a.weight", &[2, 3], vec![1.0, -2.0, 3.5, 0.0, 1e-30, 7.0]),
        Written::new("a.bias", &[3], vec![0.25, 0.5, f32::INFINITY]),
        Written::new("empty", &[0], vec![]),
    ]
}

/// What opening an archive of these members says.
fn refusal(folder: &Folder, members: &[Member]) -> String {
    let path = folder.file("changed.ot");
    write_members(&path, members);
    Archive::open(&path).unwrap_err().to_string()
}

/// What opening a whole archive says in whose directory a number of a member was changed.
///
/// `place` is where the number stands in the member's entry: APPNOTE.TXT of PKWARE, 4.3.12.
fn refusal_of_entry(name: &str, place: usize, number: &[u8]) -> String {
    let folder = Folder::new("entry");
    let path = folder.file("changed.ot");
    write_archive(&path, &tensors());
    let mut bytes = std::fs::read(&path).unwrap();
    let place = entry(&bytes, name) + place;
    bytes[place..][..number.len()].copy_from_slice(number);
    std::fs::write(&path, bytes).unwrap();
    Archive::open(&path).unwrap_err().to_string()
}

/// Where the entry of a member begins in the directory of an archive.
fn entry(bytes: &[u8], name: &str) -> usize {
    let name_place = 46;
    let is_entry = |&start: &usize| {
        bytes[start..].starts_with(b"PK\x01\x02")
            && bytes[start + name_place..].starts_with(name.as_bytes())
    };
    (0..bytes.len() - name_place).find(is_entry).unwrap()
}

/// Replace bytes in the list of tensors.
fn edited(from: &[u8], to: &[u8]) -> Vec<Member> {
    let mut members = members(&tensors());
    let pickle = &mut members
        .iter_mut()
        .find(|(name, _)| name == "model/data.pkl")
        .unwrap()
        .1;
    let place = pickle.windows(from.len()).position(|window| window == from);
    let place = place.expect("the bytes to replace are in the pickle");
    pickle.splice(place..place + from.len(), to.iter().copied());
    members
}

#[test]
fn a_whole_archive_gives_its_tensors() {
    let folder = Folder::new("whole");
    let path = folder.file("model.ot");
    write_archive(&path, &tensors());
    let archive = Archive::open(&path).unwrap();
    assert_eq!(
        archive.names().collect::<Vec<_>>(),
        ["a.bias", "a.weight", "empty"]
    );
    for expected in tensors() {
        let found = archive.tensor(&expected.name).unwrap();
        assert_eq!(found.shape(), expected.shape);
        assert_eq!(found.to_vec(), expected.values);
    }
    assert!(archive.tensor("a").is_none());
}

#[test]
fn a_damaged_archive_is_refused_with_its_fault() {
    let folder = Folder::new("faults");
    let without = |name: &str| {
        let mut members = members(&tensors());
        members.retain(|(member, _)| member != name);
        members
    };
    let with = |name: &str, bytes: &[u8]| {
        let mut members = without(name);
        members.push((name.to_owned(), bytes.to_vec()));
        members
    };
    for (members, told) in [
        (without("model/data.pkl"), "no member data.pkl"),
        (
            without("model/data/1"),
            "tensor a.bias has its values in data/1, which is missing",
        ),
        (
            with("model/byteorder", b"big"),
            "byte order \"big\"; only little is read",
        ),
        (
            with("model/data/1", &[0; 13]),
            "tensor a.bias has a storage of 3 values, and data/1 holds 13 bytes",
        ),
        (
            edited(b"FloatStorage", b"BoolStorage"),
            "tensor a.weight is of BoolStorage; expected FloatStorage",
        ),
        (
            edited(b"ctorch\nFloatStorage", b"cos\nsystem"),
            "it names the Python object os.system",
        ),
        (
            edited(b"a|weight", b"a|\xff\xffight"),
            "are not those of a list of tensors",
        ),
        (
            edited(b"tQK\0", b"tQK\x01"),
            "tensor a.weight has shape [2, 3] from value 1, and its storage has 6 values",
        ),
        (
            edited(b"J\x03\0\0\0t(", b"J\x04\0\0\0t("),
            "tensor a.weight has shape [2, 4] and strides [3, 1]; expected contiguous values",
        ),
    ] {
        let line = refusal(&folder, &members);
        assert!(line.contains(told), "expected {told:?} in {line:?}");
    }
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let folder = Folder::new("twice");
    let mut twice = tensors();
    twice[1].name = "a.weight".to_owned();
    let line = refusal(&folder, &members(&twice));
    assert_eq!(line, "tensor a.weight stands in the archive twice");
}

#[test]
fn members_of_the_same_name_in_two_folders_are_refused() {
    let folder = Folder::new("folders");
    for name in ["data.pkl", "data/1"] {
        let mut twice = members(&tensors());
        twice.push((format!("other/{name}"), vec![0; 12]));
        let line = refusal(&folder, &twice);
        assert_eq!(line, format!("member {name} is there twice"));
    }
}

#[test]
fn members_that_overlap_are_refused() {
    let (offset_place, offset_bytes) = (42, 4);
    let folder = Folder::new("overlap");
    let path = folder.file("model.ot");
    write_archive(&path, &tensors());
    let bytes = std::fs::read(&path).unwrap();
    let offset = &bytes[entry(&bytes, "model/data/0") + offset_place..][..offset_bytes];
    assert_eq!(
        refusal_of_entry("model/data/1", offset_place, offset),
        "members data/1 and data/0 overlap in the file"
    );
}

#[test]
fn a_member_beyond_the_end_of_the_file_is_refused() {
    let (sizes_place, size) = (20, 1_000_000_u32.to_le_bytes());
    assert_eq!(
        refusal_of_entry("model/data/0", sizes_place, &[size, size].concat()),
        "member model/data/0 reaches beyond the end of the file"
    );
}

#[test]
fn a_compressed_or_encrypted_member_is_refused() {
    let (flags_place, method_place) = (8, 10);
    let expected = "member model/data/0 is compressed or encrypted; expected it stored as it is";
    for (place, number) in [(flags_place, 1_u16), (method_place, 8)] {
        let line = refusal_of_entry("model/data/0", place, &number.to_le_bytes());
        assert_eq!(line, expected);
    }
}

#[test]
fn too_long_a_list_of_tensors_is_refused() {
    let folder = Folder::new("long");
    let line = refusal(
        &folder,
        &[("model/data.pkl".to_owned(), vec![b'N'; (1 << 20) + 1])],
    );
    assert_eq!(line, "data.pkl has 1048577 bytes; at most 1048576 are read");
}

#[test]
fn too_many_members_are_refused() {
    let folder = Folder::new("many");
    let many: Vec<Member> = (0..10_001)
        .map(|n| (format!("model/{n}"), vec![]))
        .collect();
    let line = refusal(&folder, &many);
    assert_eq!(line, "10001 members; a model has at most 10000");
}

#[test]
fn a_missing_file_is_an_error() {
    let folder = Folder::new("missing");
    let error = Archive::open(&folder.file("none.ot")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot be read (No such file"),
        "{error}"
    );
}

#[test]
fn every_cut_archive_is_refused() {
    let folder = Folder::new("cut");
    let path = folder.file("model.ot");
    write_archive(&path, &tensors());
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(Archive::open(&path).is_err(), "{length} of {}", whole.len());
    }
}

/// Opening may fail or not; what it gives must be readable to the end.
fn read_all(path: &std::path::Path) {
    if let Ok(archive) = Archive::open(path) {
        for name in archive.names() {
            let _ = archive.tensor(name).unwrap().to_vec();
        }
    }
}

proptest! {
    #[test]
    fn no_change_of_bytes_in_the_file_causes_a_panic(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let folder = Folder::new("bytes");
        let path = folder.file("model.ot");
        write_archive(&path, &tensors());
        let mut bytes = std::fs::read(&path).unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        std::fs::write(&path, bytes).unwrap();
        read_all(&path);
    }

    /// With checksums that fit, so that the machine sees the damage.
    #[test]
    fn no_change_of_the_list_of_tensors_causes_a_panic(
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8)
    ) {
        let folder = Folder::new("list");
        let path = folder.file("model.ot");
        let mut members = members(&tensors());
        let pickle = &mut members.iter_mut().find(|(name, _)| name == "model/data.pkl").unwrap().1;
        for (place, byte, change) in changes {
            let place = place.index(pickle.len());
            match change {
                0 => pickle[place] = byte,
                1 => pickle.insert(place, byte),
                _ => drop(pickle.remove(place)),
            }
        }
        write_members(&path, &members);
        read_all(&path);
    }

    #[test]
    fn no_list_of_instructions_causes_a_panic(
        opcodes in vec(prop::sample::select(b"c(qrhjXKMJ\x8a)t}\x88NQR\x81ub.\0\x01\x02\n0".to_vec()), 0..64)
    ) {
        let folder = Folder::new("instructions");
        let path = folder.file("model.ot");
        write_members(&path, &[("model/data.pkl".to_owned(), opcodes)]);
        read_all(&path);
    }
}
