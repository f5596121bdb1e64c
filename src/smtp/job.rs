//! What is submitted, in the form it takes on the wire.
use super::{Cause, content, opening::Offered};
use lettre::{
    Address,
    transport::smtp::extension::{MailBodyParameter, MailParameter},
};

/// Envelope and content.
pub(super) struct Job {
    pub from: Address,
    /// As they were given, and as they go out.
    pub recipients: Vec<(String, Address)>,
    pub content: Vec<u8>,
    eight_bit: bool,
}

impl Job {
    pub fn new(from: &str, recipients: &[String], message: &[u8]) -> Result<Self, Cause> {
        if recipients.is_empty() {
            return Err(Cause::Protocol("no recipient".to_owned()));
        }
        let content = content::encode(message)
            .map_err(|_| Cause::Protocol("a line over 998 octets".to_owned()))?;
        let recipients = recipients
            .iter()
            .map(|address| Ok((address.clone(), wire_address(address)?)))
            .collect::<Result<_, Cause>>()?;
        Ok(Self {
            from: wire_address(from)?,
            recipients,
            eight_bit: !content.is_ascii(),
            content,
        })
    }

    /// The addresses whose local part is not ASCII (RFC 6531 §3.1); domains are A-labels by now.
    fn international(&self) -> Vec<String> {
        std::iter::once(&self.from)
            .chain(self.recipients.iter().map(|(_, address)| address))
            .filter(|address| !address.user().is_ascii())
            .map(ToString::to_string)
            .collect()
    }

    /// Of the MAIL command, for what the server offers.
    pub fn mail_parameters(&self, offered: &Offered) -> Result<Vec<MailParameter>, Cause> {
        let mut parameters = Vec::new();
        if let Some(limit) = offered.size {
            if self.content.len() as u64 > limit {
                return Err(Cause::TooLarge { limit });
            }
            parameters.push(MailParameter::Size(self.content.len()));
        }
        let international = self.international();
        if !international.is_empty() {
            if !offered.smtputf8 {
                return Err(Cause::NotInternational {
                    addresses: international,
                });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if self.eight_bit {
            if !offered.eight_bit_mime {
                return Err(Cause::Protocol("8BITMIME is not offered".to_owned()));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }
}

/// The address with its domain as A-labels. Nothing that could end a command passes.
fn wire_address(address: &str) -> Result<Address, Cause> {
    let invalid = || Cause::Protocol("not an address".to_owned());
    if address.chars().any(char::is_control) {
        return Err(invalid());
    }
    let (local, domain) = address.rsplit_once('@').ok_or_else(invalid)?;
    let domain = if domain.starts_with('[') {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).map_err(|_| invalid())?
    };
    Address::new(local, domain).map_err(|_| invalid())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(recipients: &[&str]) -> Result<Job, Cause> {
        let recipients: Vec<String> = recipients.iter().map(|&r| r.to_owned()).collect();
        Job::new("ana@example.org", &recipients, b"Subject: a\r\n\r\nb")
    }

    #[test]
    fn a_domain_goes_as_a_labels_and_needs_no_smtputf8() {
        let job = job(&["mihai@bücher.example"]).unwrap();
        assert_eq!(
            job.recipients[0].1.to_string(),
            "mihai@xn--bcher-kva.example"
        );
        assert!(job.international().is_empty());
    }

    #[test]
    fn a_local_part_outside_ascii_needs_smtputf8() {
        let job = job(&["пётр@example.org"]).unwrap();
        assert_eq!(
            job.mail_parameters(&Offered::default()),
            Err(Cause::NotInternational {
                addresses: vec!["пётр@example.org".to_owned()]
            })
        );
        let offered = Offered {
            smtputf8: true,
            ..Offered::default()
        };
        assert_eq!(
            job.mail_parameters(&offered),
            Ok(vec![MailParameter::SmtpUtfEight])
        );
    }

    #[test]
    fn an_address_that_could_end_the_command_is_refused() {
        for address in [
            "a@b\r\nDATA",
            "a\r\n@b.example",
            "a>b@c.example",
            "a b@c.example",
            "a",
            "",
            "@",
            "a@",
            "a@b c",
        ] {
            assert!(job(&[address]).is_err(), "{address:?}");
        }
        assert!(job(&[]).is_err());
    }
}
