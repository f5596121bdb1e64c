//! Reading a draft and storing its changes.
use super::{
    super::{Account, Error, QuoteStyle, Result, Seed, reply::Seeded},
    Content, Draft, DraftChange, DraftId, DraftState, Upload, content,
};
use crate::store::{DraftRow, NewUpload, Owner};
use std::time::Duration;

/// After the last save, until the copy in Drafts is brought up to date.
const PAUSE: Duration = Duration::from_secs(30);
/// Saves of one draft that may come between reading and writing it.
const RACES: usize = 8;

impl Account {
    pub(in super::super) fn owner(&self) -> Owner {
        self.store().owner(self.id())
    }

    /// The draft, or a New one seeded from the query (nothing is stored until the first save). A message in the outbox
    /// that is in Sent already has an empty text; `outbox_entry` says where it is.
    pub async fn draft(&self, id: &DraftId, seed: &Seed, style: &QuoteStyle<'_>) -> Result<Draft> {
        if let Some(draft) = self.stored_draft(id).await? {
            return Ok(draft);
        }
        let seeded = self.seeded(seed, style).await?;
        Ok(new_draft(id, &seeded))
    }

    /// Stores what changed (the seed too at the first save) and has the copy in Drafts follow after a pause. Text
    /// over `limits.draft_text`: TooLarge. A message that is in the outbox or was discarded does not change: it comes
    /// back as it is, its `state` says so, and the caller still holds what was typed. `now`: unix seconds.
    pub async fn save_draft(
        &self,
        id: &DraftId,
        seed: &Seed,
        style: &QuoteStyle<'_>,
        change: &DraftChange,
        now: i64,
    ) -> Result<Draft> {
        for _ in 0..RACES {
            let saved = match self.stored_draft(id).await? {
                None => self.first_save(id, seed, style, change, now).await?,
                Some(draft) if draft.state != DraftState::Editing => return Ok(draft),
                Some(_) => self.next_save(id, change, now).await?,
            };
            if let Some(kept) = saved {
                self.file_after_pause(id, now);
                let draft = self.stored_draft(id).await?.ok_or(Error::NoSuchDraft)?;
                return Ok(Draft {
                    kept: kept.0,
                    ..draft
                });
            }
        }
        Err(Error::Busy)
    }

    async fn first_save(
        &self,
        id: &DraftId,
        seed: &Seed,
        style: &QuoteStyle<'_>,
        change: &DraftChange,
        now: i64,
    ) -> Result<Option<Kept>> {
        let mut seeded = self.seeded(seed, style).await?;
        seeded.content.apply(change);
        self.check_size(&seeded.content)?;
        Ok(self.insert(id, &seeded, now).await?.then_some(Kept(None)))
    }

    /// `false`: somebody else stored this id meanwhile.
    async fn insert(&self, id: &DraftId, seeded: &Seeded, now: i64) -> Result<bool> {
        let owner = self.owner();
        let json = seeded.content.to_json()?;
        let copy = match &seeded.copy {
            Some(place) => content::to_json(place)?,
            None => Vec::new(),
        };
        if !self
            .store()
            .insert_draft(&owner, id.as_str(), &json, &copy, now)
            .await?
        {
            return Ok(false);
        }
        for (meta, size) in &seeded.carried {
            let upload = NewUpload {
                size: i64::try_from(*size).unwrap_or(i64::MAX),
                carried: true,
                meta: &content::to_json(meta)?,
                content: &[],
            };
            self.store()
                .insert_upload(&owner, id.as_str(), upload, usize::MAX)
                .await?;
        }
        Ok(true)
    }

    async fn next_save(
        &self,
        id: &DraftId,
        change: &DraftChange,
        now: i64,
    ) -> Result<Option<Kept>> {
        let owner = self.owner();
        let Some(row) = self.store().draft(&owner, id.as_str()).await? else {
            return Ok(None);
        };
        let before = content::content_of(&row)?;
        let mut after = before.clone();
        after.apply(change);
        if after == before {
            return Ok(Some(Kept(None)));
        }
        self.check_size(&after)?;
        let json = after.to_json()?;
        if !self
            .store()
            .update_draft(&owner, id.as_str(), row.version, &json, now)
            .await?
        {
            return Ok(None);
        }
        if !would_lose_text(&row, &before, &after, change) {
            return Ok(Some(Kept(None)));
        }
        let other = DraftId::random();
        let seeded = Seeded {
            content: before,
            ..Seeded::default()
        };
        self.insert(&other, &seeded, now).await?;
        self.file_soon(&other, now);
        Ok(Some(Kept(Some(other))))
    }

    fn check_size(&self, content: &Content) -> Result<()> {
        let limit = self.config().limits.draft_text;
        if content.size() > limit {
            return Err(Error::TooLarge {
                limit: limit as u64,
            });
        }
        Ok(())
    }

    /// What the database knows of this id.
    pub(super) async fn stored_draft(&self, id: &DraftId) -> Result<Option<Draft>> {
        let owner = self.owner();
        let submitted = self.outbox_state(id).await?;
        let row = self.store().draft(&owner, id.as_str()).await?;
        let (content, row) = match row {
            Some(row) if row.discarded => (Content::default(), Some(row)),
            Some(row) => (content::content_of(&row)?, Some(row)),
            None if submitted.is_some() => (Content::default(), None),
            None => return Ok(None),
        };
        let discarded = row.as_ref().is_some_and(|row| row.discarded);
        let state = match submitted {
            Some(state) => DraftState::Submitted(state),
            None if discarded => DraftState::Discarded,
            None => DraftState::Editing,
        };
        let uploads = self.uploads(id).await?;
        let mut draft = with_content(id, &content, uploads, state);
        draft.saved = row.as_ref().map(|row| row.saved);
        draft.version = row.as_ref().map_or(0, |row| row.version);
        Ok(Some(draft))
    }

    /// The text as it is stored; NoSuchDraft when there is none.
    pub(in super::super) async fn draft_content(&self, id: &DraftId) -> Result<Content> {
        let row = self.store().draft(&self.owner(), id.as_str()).await?;
        content::content_of(&row.ok_or(Error::NoSuchDraft)?)
    }

    /// Octets of text and files, before encoding.
    pub(in super::super) async fn draft_size(
        &self,
        id: &DraftId,
        content: &Content,
    ) -> Result<u64> {
        let files: u64 = self
            .uploads(id)
            .await?
            .iter()
            .map(|upload| upload.size)
            .sum();
        Ok(files + content.size() as u64)
    }

    /// Stores a draft that has nothing but files yet.
    pub(super) async fn ensure_draft(&self, id: &DraftId, now: i64) -> Result<()> {
        match self.stored_draft(id).await? {
            Some(draft) if draft.state == DraftState::Editing => Ok(()),
            Some(_) => Err(Error::NoSuchDraft),
            None => {
                let seeded = self.seeded(&Seed::Blank, &QuoteStyle::default()).await?;
                self.insert(id, &seeded, now).await?;
                Ok(())
            }
        }
    }

    /// Files the draft when nobody has saved it for a while. At shutdown the row is enough: the next sign-in files it.
    pub(super) fn file_after_pause(&self, id: &DraftId, now: i64) {
        let pause = self.writing().new_pause(self, id);
        let stop = self.tasks().stopping();
        let (account, id) = (self.clone(), id.clone());
        drop(self.tasks().spawn(async move {
            let waited = pause.run_until_cancelled(tokio::time::sleep(PAUSE));
            if let Some(Some(())) = stop.run_until_cancelled(waited).await {
                account
                    .file_quietly(&id, now + PAUSE.as_secs() as i64)
                    .await;
            }
        }));
    }

    pub(in super::super) fn file_soon(&self, id: &DraftId, now: i64) {
        let (account, id) = (self.clone(), id.clone());
        drop(
            self.tasks()
                .spawn(async move { account.file_quietly(&id, now).await }),
        );
    }

    pub(in super::super) async fn file_quietly(&self, id: &DraftId, now: i64) {
        if let Err(error) = self.file_draft(id, now).await {
            tracing::warn!(
                account = self.hash(),
                error = &error as &dyn std::error::Error,
                "a draft is in the database only"
            );
        }
    }
}

/// A save that was stored, with the id under which another device's text went on.
struct Kept(Option<DraftId>);

/// Another device saved since this page was made, and its words are not part of what is stored now.
fn would_lose_text(
    row: &DraftRow,
    before: &Content,
    after: &Content,
    change: &DraftChange,
) -> bool {
    let others_saved = change.base.is_some_and(|base| base < row.version);
    let typed = before.body.trim();
    others_saved && !typed.is_empty() && !after.body.contains(typed)
}

fn new_draft(id: &DraftId, seeded: &Seeded) -> Draft {
    let uploads = (1..)
        .zip(&seeded.carried)
        .map(|(number, (meta, size))| Upload {
            number,
            filename: meta.filename.clone(),
            mime_type: meta.mime_type.clone(),
            size: *size,
            carried: true,
        })
        .collect();
    with_content(id, &seeded.content, uploads, DraftState::New)
}

fn with_content(id: &DraftId, content: &Content, uploads: Vec<Upload>, state: DraftState) -> Draft {
    Draft {
        id: id.clone(),
        from: content.from.clone(),
        to: content.to.clone(),
        cc: content.cc.clone(),
        bcc: content.bcc.clone(),
        subject: content.subject.clone(),
        body: content.body.clone(),
        reply: content.reply.as_ref().and_then(super::Place::reference),
        forward: content.forward.as_ref().and_then(super::Place::reference),
        uploads,
        state,
        saved: None,
        version: 0,
        kept: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(base: Option<i64>, version: i64, before: &str, after: &str) -> bool {
        let row = DraftRow {
            discarded: false,
            version,
            content: Vec::new().into(),
            copy: Vec::new().into(),
            copy_version: 0,
            saved: 0,
        };
        let content = |body: &str| Content {
            body: body.to_owned(),
            ..Content::default()
        };
        let change = DraftChange {
            base,
            ..DraftChange::default()
        };
        would_lose_text(&row, &content(before), &content(after), &change)
    }

    #[test]
    fn text_from_another_device_is_kept_only_when_it_would_be_lost() {
        assert!(lost(Some(1), 2, "from the phone", "from the laptop"));
        assert!(
            !lost(Some(2), 2, "typed before", "typed after"),
            "the page was up to date"
        );
        assert!(
            !lost(Some(1), 2, "from the phone\n", "from the phone and more"),
            "nothing is lost"
        );
        assert!(
            !lost(Some(1), 2, "\n\n", "from the laptop"),
            "there was nothing"
        );
        assert!(
            !lost(None, 2, "from the phone", "from the laptop"),
            "a form without a base"
        );
    }
}
