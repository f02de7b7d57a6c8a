//! Where the members of the archive lie in the file.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::ops::Range;

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::ArchiveError;

/// The list of the 160 tensors of GPT-2 small takes 13 KB; of the 780 of XL, under 100 KB.
const LONGEST_PICKLE: u64 = 1 << 20;
/// A hundred layers have 1,300 tensors.
const MOST_MEMBERS: usize = 10_000;

type Zip<'a> = ZipArchive<Cursor<&'a [u8]>>;
type Member<'a, 'b> = ZipFile<'a, Cursor<&'b [u8]>>;

/// What the archive holds, as places in the file.
pub(super) struct Members {
    /// The bytes of `data.pkl`.
    pub pickle: Vec<u8>,
    /// Where the values `data/N` lie, by N.
    pub storages: BTreeMap<String, Range<usize>>,
    /// Name, size and CRC-32 of every member, as the directory has them.
    pub directory: Vec<u8>,
}

impl Members {
    /// Find the members in the bytes of a file.
    pub fn find(file: &[u8]) -> Result<Self, ArchiveError> {
        let mut zip = ZipArchive::new(Cursor::new(file))?;
        if zip.len() > MOST_MEMBERS {
            return Err(ArchiveError::TooManyMembers {
                found: zip.len(),
                most: MOST_MEMBERS,
            });
        }
        let mut pickle = None;
        let mut storages = BTreeMap::new();
        let mut directory = Vec::new();
        for index in 0..zip.len() {
            describe(&zip.by_index_raw(index)?, &mut directory);
            match kind(zip.name_for_index(index).unwrap_or_default()) {
                Kind::Pickle => {
                    if pickle.replace(pickle_bytes(&mut zip, index)?).is_some() {
                        return Err(ArchiveError::Twice("data.pkl".to_owned()));
                    }
                }
                Kind::Storage(number) => {
                    let number = number.to_owned();
                    let range = stored_range(&zip.by_index_raw(index)?, file.len())?;
                    if storages.insert(number.clone(), range).is_some() {
                        return Err(ArchiveError::Twice(format!("data/{number}")));
                    }
                }
                Kind::ByteOrder => require_little_endian(&mut zip, index)?,
                Kind::Other => {}
            }
        }
        require_apart(&storages)?;
        let pickle = pickle.ok_or(ArchiveError::MissingMember("data.pkl"))?;
        Ok(Self {
            pickle,
            storages,
            directory,
        })
    }
}

enum Kind<'a> {
    Pickle,
    Storage(&'a str),
    ByteOrder,
    Other,
}

/// What a member is; all stand in one folder, which is named after the file as it was written.
fn kind(name: &str) -> Kind<'_> {
    match name.split_once('/') {
        Some((_, "data.pkl")) => Kind::Pickle,
        Some((_, "byteorder")) => Kind::ByteOrder,
        Some((_, inner)) => inner
            .strip_prefix("data/")
            .map_or(Kind::Other, Kind::Storage),
        None => Kind::Other,
    }
}

fn describe(member: &Member<'_, '_>, directory: &mut Vec<u8>) {
    let name = member.name().as_bytes();
    directory.extend((name.len() as u64).to_le_bytes());
    directory.extend(name);
    directory.extend(member.size().to_le_bytes());
    directory.extend(member.crc32().to_le_bytes());
}

fn pickle_bytes(zip: &mut Zip<'_>, index: usize) -> Result<Vec<u8>, ArchiveError> {
    let member = zip.by_index(index)?;
    let found = member.size();
    if found > LONGEST_PICKLE {
        return Err(ArchiveError::LongPickle {
            found,
            most: LONGEST_PICKLE,
        });
    }
    read(member, LONGEST_PICKLE)
}

/// Archives of older PyTorch have no such member and are little-endian.
fn require_little_endian(zip: &mut Zip<'_>, index: usize) -> Result<(), ArchiveError> {
    let longest_name = 16;
    let order = read(zip.by_index(index)?, longest_name)?;
    if order == b"little" {
        return Ok(());
    }
    let found = String::from_utf8_lossy(&order).into_owned();
    Err(ArchiveError::ByteOrder(found))
}

/// Reading to the end also compares the checksum.
fn read(member: Member<'_, '_>, most: u64) -> Result<Vec<u8>, ArchiveError> {
    require_stored(&member)?;
    let mut bytes = Vec::new();
    member.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn require_stored(member: &Member<'_, '_>) -> Result<(), ArchiveError> {
    let stored = member.compression() == CompressionMethod::Stored
        && member.size() == member.compressed_size()
        && !member.encrypted();
    if stored {
        Ok(())
    } else {
        Err(ArchiveError::NotStored(member.name().to_owned()))
    }
}

fn stored_range(member: &Member<'_, '_>, length: usize) -> Result<Range<usize>, ArchiveError> {
    require_stored(member)?;
    let range = || {
        let start = usize::try_from(member.data_start()?).ok()?;
        let end = start.checked_add(usize::try_from(member.size()).ok()?)?;
        (end <= length).then_some(start..end)
    };
    range().ok_or_else(|| ArchiveError::Outside(member.name().to_owned()))
}

fn require_apart(storages: &BTreeMap<String, Range<usize>>) -> Result<(), ArchiveError> {
    let mut ordered: Vec<_> = storages.iter().collect();
    ordered.sort_by_key(|(_, range)| (range.start, range.end));
    for pair in ordered.windows(2) {
        let ((first, before), (second, after)) = (pair[0], pair[1]);
        if after.start < before.end {
            let (first, second) = (format!("data/{first}"), format!("data/{second}"));
            return Err(ArchiveError::Overlap(first, second));
        }
    }
    Ok(())
}
