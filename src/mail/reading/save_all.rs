//! All files of a message as one archive, written while they come from the mail server.
use super::manner::file_stem;
use super::{Carried, MessageRef, Opened, Opening, PartRequest, PartStream, ViewWish};
use crate::mail::{Account, Error, LetterView, Result, Section, display_filename};
use crate::mime::{Outgrown, ZipWriter};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::{collections::VecDeque, io, pin::Pin};

/// The exact octets, from the first to the last, however many they are: an archive tells that behind them.
const WHOLE: PartRequest = PartRequest {
    download: true,
    sized: false,
    range: None,
};

impl Account {
    /// The files that the page of a message shows, as one zip archive; `section`: those of the message attached there. Holds
    /// what a single download holds. A file that cannot be read to its end breaks the stream: without its
    /// directory no reader takes an archive for whole.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`] also where there are no files.
    pub async fn save_all(
        &self,
        reference: &MessageRef,
        section: Option<&Section>,
    ) -> Result<PartStream> {
        let opened = match section {
            Some(section) => {
                let opening = Opening::default();
                let (attached, _) = self.open_attached(reference, section, opening).await?;
                attached.opened
            }
            // Files may stand in the text that is not shown.
            None => {
                let opening = Opening {
                    wish: ViewWish::for_once(LetterView::Text),
                    ..Opening::default()
                };
                self.open_as(reference, opening).await?.0
            }
        };
        let mut archive = Archive {
            account: self.clone(),
            reference: reference.clone(),
            files: files(&opened),
            writer: Some(ZipWriter::new(opened.date())),
            content: None,
        };
        // Asked for before the answer begins, so that what is gone is a page and no broken archive.
        let first = archive.next_file().await?.ok_or(Error::NoSuchMessage)?;
        let rest = stream::try_unfold(archive, |mut archive| async move {
            let next = archive.next().await.map_err(io::Error::other)?;
            Ok(next.map(|octets| (octets, archive)))
        });
        Ok(PartStream {
            filename: display_filename(&format!("{}.zip", file_stem(&opened.header.subject))),
            content_type: "application/zip",
            inline: false,
            size: None,
            carried: Carried::All,
            stream: Box::pin(stream::iter([Ok(first)]).chain(rest)),
        })
    }
}

/// A file of a message: a part, or by its number a member of one.
struct File {
    section: Section,
    member: Option<usize>,
    /// Octets that it has at most, by the word of the server.
    most: u64,
}

fn files(opened: &Opened) -> VecDeque<File> {
    let parts = opened.attachments.iter().map(|part| File {
        section: part.section.clone(),
        member: None,
        most: part.size,
    });
    let members = opened.members.iter().map(|member| File {
        section: member.section.clone(),
        member: Some(member.number),
        most: member.size,
    });
    parts.chain(members).collect()
}

/// The state of an archive between two of its pieces.
struct Archive {
    account: Account,
    reference: MessageRef,
    files: VecDeque<File>,
    /// None after the end.
    writer: Option<ZipWriter>,
    /// Of the file begun last.
    content: Option<Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>>,
}

impl Archive {
    /// Begins the next file; None: there is none.
    async fn next_file(&mut self) -> Result<Option<Bytes>> {
        let (Some(file), Some(writer)) = (self.files.pop_front(), &mut self.writer) else {
            return Ok(None);
        };
        let File {
            section,
            member,
            most,
        } = file;
        let (account, reference) = (&self.account, &self.reference);
        let part = match member {
            Some(number) => account.member(reference, &section, number, WHOLE).await?,
            None => account.part(reference, &section, WHOLE).await?,
        };
        self.content = Some(part.stream);
        Ok(Some(writer.begin(&part.filename, most).into()))
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        let Some(writer) = &mut self.writer else {
            return Ok(None);
        };
        if let Some(content) = &mut self.content {
            let piece = match content.next().await {
                Some(piece) => writer.content(&piece.map_err(broken)?),
                None => {
                    self.content = None;
                    writer.end()
                }
            };
            return Ok(Some(piece.map_err(outgrown)?.into()));
        }
        if let Some(header) = self.next_file().await? {
            return Ok(Some(header));
        }
        let directory = self.writer.take().map(ZipWriter::finish);
        Ok(directory.map(Bytes::from))
    }
}

fn broken(error: io::Error) -> Error {
    Error::Unavailable(Box::new(error))
}

fn outgrown(error: Outgrown) -> Error {
    Error::Unavailable(Box::new(error))
}
