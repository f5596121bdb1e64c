//! The content of a file, sealed piece by piece: a file that is stored takes the memory of one piece, not of a few copies of the whole.

use crate::store::{Owner, Result, Store};
use futures_util::TryStreamExt;
use sqlx::{Any, Row, Transaction};
use zeroize::Zeroizing;

/// Octets of one piece.
pub(super) const PIECE: usize = 128 << 10;

/// One file of a draft.
pub(super) struct Place<'a> {
    pub owner: &'a Owner,
    pub draft: &'a str,
    pub number: i64,
}

impl Place<'_> {
    /// Where one of `count` pieces belongs: a piece that is missing, doubled or moved lets none open.
    fn of_piece(&self, piece: i64, count: i64) -> String {
        format!(
            "uploads/{}/content/{}/{piece}/{count}",
            self.draft, self.number
        )
    }

    pub async fn store(
        &self,
        content: &[u8],
        transaction: &mut Transaction<'_, Any>,
    ) -> Result<()> {
        let pieces = content.chunks(PIECE);
        let count = number(pieces.len());
        for (piece, content) in (0_i64..).zip(pieces) {
            let sealed = self.owner.seal(&self.of_piece(piece, count), content);
            sqlx::query(
                "INSERT INTO upload_pieces (account, draft, number, piece, content) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(self.owner.hash())
            .bind(self.draft)
            .bind(self.number)
            .bind(piece)
            .bind(sealed.as_slice())
            .execute(&mut **transaction)
            .await?;
        }
        Ok(())
    }

    /// `size`: octets of the whole.
    pub async fn load(&self, size: usize, store: &Store) -> Result<Zeroizing<Vec<u8>>> {
        let count = number(size.div_ceil(PIECE));
        let mut rows = sqlx::query(
            "SELECT content FROM upload_pieces WHERE account = $1 AND draft = $2 AND number = $3 ORDER BY piece",
        )
        .bind(self.owner.hash())
        .bind(self.draft)
        .bind(self.number)
        .fetch(&store.pool);
        let mut whole = Zeroizing::new(Vec::with_capacity(size));
        let mut piece = 0;
        while let Some(row) = rows.try_next().await? {
            let place = self.of_piece(piece, count);
            whole.extend_from_slice(&self.owner.open(&place, row.try_get("content")?)?);
            piece += 1;
        }
        if whole.len() == size {
            Ok(whole)
        } else {
            Err(crate::store::Error::Unsealed)
        }
    }

    pub async fn remove(&self, transaction: &mut Transaction<'_, Any>) -> Result<()> {
        sqlx::query("DELETE FROM upload_pieces WHERE account = $1 AND draft = $2 AND number = $3")
            .bind(self.owner.hash())
            .bind(self.draft)
            .bind(self.number)
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
