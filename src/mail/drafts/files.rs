//! Files of a draft.
use super::{
    super::{Account, Error, MessageRef, Result, reply::whole},
    Carried, DraftId, DraftState, Meta, Upload, UploadError, content,
};
use crate::{
    imap::Connection,
    mime::{self, Attachment, Section, display_filename},
    store::{NewUpload, UploadRow},
};

/// Files of one draft that are carried along, together, octets. The submission server's SIZE is far below.
const MOST_CARRIED: u64 = 256 << 20;

impl Account {
    pub(super) async fn uploads(&self, id: &DraftId) -> Result<Vec<Upload>> {
        let rows = self.store().uploads(&self.owner(), id.as_str()).await?;
        rows.iter()
            .map(|row| Ok(upload(row, &content::from_json(&row.meta)?)))
            .collect()
    }

    /// One file, whole, already counted by the caller against the request's limit. A draft that was never saved begins
    /// blank with it: save the text (and its seed) first.
    ///
    /// # Errors
    /// TooLarge, TooMany (`limits.uploads_per_draft`; carried parts do not count); NoSuchDraft for one that is in the
    /// outbox or discarded.
    pub async fn attach(
        &self,
        id: &DraftId,
        filename: &str,
        mime_type: &str,
        content: bytes::Bytes,
        now: i64,
    ) -> std::result::Result<Upload, UploadError> {
        let limits = &self.config().limits;
        let filename = display_filename(filename);
        if content.len() as u64 > limits.upload {
            return Err(UploadError::TooLarge {
                filename,
                limit: limits.upload,
            });
        }
        self.ensure_draft(id, now).await?;
        let meta = Meta {
            filename,
            mime_type: media_type(mime_type),
            carried: None,
        };
        let new = NewUpload {
            size: i64::try_from(content.len()).unwrap_or(i64::MAX),
            carried: false,
            meta: &content::to_json(&meta)?,
            content: &content,
        };
        let most = limits.uploads_per_draft;
        let inserted = self
            .store()
            .insert_upload(&self.owner(), id.as_str(), new, most)
            .await?;
        let Some(number) = inserted else {
            // Either there are enough, or it was given to be sent meanwhile.
            self.ensure_draft(id, now).await?;
            return Err(UploadError::TooMany { limit: most });
        };
        self.store()
            .touch_draft(&self.owner(), id.as_str(), now)
            .await?;
        self.file_after_pause(id, now);
        Ok(Upload {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            filename: meta.filename,
            mime_type: meta.mime_type,
            size: content.len() as u64,
            carried: false,
        })
    }

    /// Removing what is gone already is no error. NoSuchDraft for one that is in the outbox or discarded.
    pub async fn remove_upload(&self, id: &DraftId, number: u32, now: i64) -> Result<()> {
        match self.stored_draft(id).await? {
            Some(draft) if draft.state == DraftState::Editing => {}
            _ => return Err(Error::NoSuchDraft),
        }
        let owner = self.owner();
        if self
            .store()
            .remove_upload(&owner, id.as_str(), i64::from(number))
            .await?
        {
            self.store().touch_draft(&owner, id.as_str(), now).await?;
            self.file_after_pause(id, now);
        }
        Ok(())
    }

    /// Every file with its content, in order; parts that are carried are fetched from where they stand.
    pub(super) async fn attachments(&self, id: &DraftId) -> Result<Vec<Attachment>> {
        let owner = self.owner();
        let rows = self.store().uploads(&owner, id.as_str()).await?;
        let mut attachments = Vec::with_capacity(rows.len());
        let mut room = MOST_CARRIED;
        for row in &rows {
            let meta: Meta = content::from_json(&row.meta)?;
            let content = match &meta.carried {
                Some(carried) => {
                    let content = self.carried(carried, room).await?;
                    room = room.saturating_sub(content.len() as u64);
                    content
                }
                None => {
                    let stored = self
                        .store()
                        .upload_content(&owner, id.as_str(), row.number)
                        .await?;
                    let stored = stored.ok_or(Error::NoSuchDraft)?;
                    bytes::Bytes::from_owner(stored)
                }
            };
            attachments.push(Attachment {
                filename: meta.filename,
                mime_type: meta.mime_type,
                content,
            });
        }
        Ok(attachments)
    }

    async fn carried(&self, carried: &Carried, room: u64) -> Result<bytes::Bytes> {
        let reference = carried.place.reference().ok_or(Error::NoSuchMessage)?;
        let section: Section = carried.section.parse().map_err(|_| Error::NoSuchMessage)?;
        let mut lease = self.lease_on(&reference).await?;
        fetch_part(
            &mut lease,
            &reference,
            &section,
            room,
            &self.config().limits.mime,
        )
        .await
    }

    /// After the copy in Drafts was replaced: what was carried from the old one stands in the new one now. The parts of
    /// the new message are its files in the same order.
    pub(super) async fn repoint(
        &self,
        id: &DraftId,
        old: &MessageRef,
        new: &MessageRef,
        message: &[u8],
    ) -> Result<()> {
        let owner = self.owner();
        let rows = self.store().uploads(&owner, id.as_str()).await?;
        let parsed = mime::parse(message, &self.config().limits.mime);
        let shown = parsed.structure.shown();
        let from_old = super::Place::from(old);
        for (row, part) in rows.iter().zip(&shown.attachments) {
            let mut meta: Meta = content::from_json(&row.meta)?;
            match &mut meta.carried {
                Some(carried) if carried.place == from_old => {
                    *carried = Carried {
                        place: new.into(),
                        section: part.section.to_string(),
                    };
                }
                _ => continue,
            }
            let json = content::to_json(&meta)?;
            self.store()
                .set_upload_meta(&owner, id.as_str(), row.number, &json)
                .await?;
        }
        Ok(())
    }
}

/// Decoded content of one part.
async fn fetch_part(
    lease: &mut Connection,
    reference: &MessageRef,
    section: &Section,
    room: u64,
    limits: &mime::Limits,
) -> Result<bytes::Bytes> {
    let (envelope, _) = lease
        .fetch_message(reference.uid)
        .await?
        .ok_or(Error::NoSuchMessage)?;
    if let Some(structure) = &envelope.structure {
        let part = structure.part(section).ok_or(Error::NoSuchMessage)?;
        // Base64 with its line ends takes at most 1.4 times the room.
        let raw = whole(lease, reference, Some(section), room.saturating_mul(7) / 5).await?;
        return Ok(mime::decode_transfer(&raw, part.encoding).into());
    }
    let raw = whole(lease, reference, None, room.saturating_mul(7) / 5).await?;
    let parsed = mime::parse(&raw, limits);
    let found = parsed
        .contents
        .into_iter()
        .find(|(number, _)| number == section);
    found
        .map(|(_, content)| content)
        .ok_or(Error::NoSuchMessage)
}

fn upload(row: &UploadRow, meta: &Meta) -> Upload {
    Upload {
        number: u32::try_from(row.number).unwrap_or(u32::MAX),
        filename: meta.filename.clone(),
        mime_type: meta.mime_type.clone(),
        size: u64::try_from(row.size).unwrap_or_default(),
        carried: meta.carried.is_some(),
    }
}

/// `type/subtype` of RFC 2045 tokens in lower case; anything else is unknown octets. A browser's word is not believed
/// for types that would change how the message itself is read.
fn media_type(claimed: &str) -> String {
    let bare = claimed
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_token = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    match bare.split_once('/') {
        Some((kind, subtype))
            if is_token(kind) && is_token(subtype) && kind != "multipart" && kind != "message" =>
        {
            bare
        }
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimed_type_is_taken_only_when_it_is_one() {
        assert_eq!(media_type("Image/PNG; name=x"), "image/png");
        assert_eq!(
            media_type("application/vnd.ms-excel"),
            "application/vnd.ms-excel"
        );
        for claimed in [
            "",
            "png",
            "a/b/c",
            "text/plain\r\nX: y",
            "multipart/mixed",
            "message/rfc822",
            "/x",
            "x/",
        ] {
            assert_eq!(
                media_type(claimed),
                "application/octet-stream",
                "{claimed:?}"
            );
        }
    }
}
