//! The key of a file, and all that is done with one.
//!
//! One key seals items, the list of items and the generation, each under associated data that begins with a label of its own.
//! Nonces are random, 24 bytes.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use leapp_core::{Error, ErrorKind, Secret};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::cost::SealingCost;
use super::fault;

pub(super) const NONCE: usize = 24;
const TAG: usize = 16;
/// What sealing adds to the length of a text.
pub(super) const OVERHEAD: usize = NONCE + TAG;

pub(super) type Nonce = [u8; NONCE];

/// Thirty-two bytes that stay in one place on the heap, and are wiped there.
pub(super) struct Key(Box<Zeroizing<[u8; 32]>>);

/// What a sealed text is bound to. Every label ends with a nul, and names the format's version.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose<'a> {
    /// The header of the file.
    Index(&'a [u8]),
    /// The id of the file.
    Generation(&'a [u8; 16]),
    /// The id of the file, and the item's name.
    Item(&'a [u8; 16], &'a str),
}

impl Key {
    fn zeros() -> Self {
        Self(Box::new(Zeroizing::new([0; 32])))
    }

    pub(super) fn generate() -> Result<Self, Error> {
        let mut key = Self::zeros();
        getrandom::fill(&mut key.0[..]).map_err(no_randomness)?;
        Ok(key)
    }

    pub(super) fn from_passphrase(
        passphrase: &Secret,
        cost: SealingCost,
        salt: &[u8; 16],
    ) -> Result<Self, Error> {
        let failed = |source| fault::derivation(ErrorKind::InvalidInput).with_source(source);
        let params = Params::new(cost.memory_kib(), cost.passes(), 1, Some(32)).map_err(failed)?;
        let mut blocks = Zeroizing::new(Vec::new());
        blocks
            .try_reserve_exact(params.block_count())
            .map_err(|source| fault::derivation(ErrorKind::Unavailable).with_source(source))?;
        blocks.resize(params.block_count(), Block::new());
        let mut key = Self::zeros();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                passphrase.expose().as_bytes(),
                salt,
                &mut key.0[..],
                blocks.as_mut_slice(),
            )
            .map_err(failed)?;
        Ok(key)
    }

    /// The key of one file, from one that may open several.
    pub(super) fn for_file(&self, salt: &[u8; 16]) -> Self {
        let mut key = Self::zeros();
        let digest = Sha256::new_with_prefix(b"leapp sealed file 1 data key\0").chain_update(salt);
        digest.chain_update(&self.0[..]).finalize_into((&mut **key.0).into());
        key
    }

    /// A value that tells whether a key is the right one, and nothing else about it. No two keys have the same.
    pub(super) fn check(&self, header: &[u8]) -> [u8; 32] {
        let digest = Sha256::new_with_prefix(b"leapp sealed file 1 key check\0").chain_update(header);
        digest.chain_update(&self.0[..]).finalize().into()
    }

    /// Seals a text: nonce, ciphertext, tag.
    pub(super) fn seal(&self, purpose: Purpose<'_>, text: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: Nonce = random()?;
        let mut sealed = Zeroizing::new(Vec::with_capacity(text.len() + OVERHEAD));
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(text);
        let tag = self
            .cipher()
            .encrypt_inout_detached(
                &XNonce::from(nonce),
                &purpose.associated_data(),
                (&mut sealed[NONCE..]).into(),
            )
            .map_err(|_| Error::new(ErrorKind::TooLarge, "cannot seal a text of this size"))?;
        sealed.extend_from_slice(&tag);
        Ok(std::mem::take(&mut *sealed))
    }

    /// Opens what [`seal`](Self::seal) made with this key and for this purpose; `None` for anything else.
    pub(super) fn unseal(&self, purpose: Purpose<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
        let (text, tag) = rest.split_last_chunk::<TAG>()?;
        let mut text = Zeroizing::new(text.to_vec());
        self.cipher()
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &purpose.associated_data(),
                text.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(text)
    }

    /// The bytes, for whoever stores them elsewhere.
    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key whose bytes are written by a function, in their place.
    pub(super) fn fill_with<E>(fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>) -> Result<Self, E> {
        let mut key = Self::zeros();
        fill(&mut key.0)?;
        Ok(key)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&**self.0).into())
    }
}

impl Purpose<'_> {
    fn associated_data(self) -> Vec<u8> {
        match self {
            Self::Index(header) => [&b"leapp sealed file 1 index\0"[..], header].concat(),
            Self::Generation(file_id) => [&b"leapp sealed file 1 generation\0"[..], file_id].concat(),
            Self::Item(file_id, name) => {
                [&b"leapp sealed file 1 item\0"[..], file_id, name.as_bytes()].concat()
            }
        }
    }
}

/// Bytes of the system's generator.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(no_randomness)?;
    Ok(bytes)
}

fn no_randomness(source: getrandom::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "the system gives no random bytes").with_source(source)
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(redacted)")
    }
}
