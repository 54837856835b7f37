"""What sign-in and tokens refuse, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Conflict, NotAllowed, Refusal


class NoAddress(Refusal):
    """A record names an e-mail address that is none."""

    code = "no-address"
    field = "email"
    message = _("Enter an e-mail address like name@example.org.")


class TokenTooLong(Refusal):
    """A token that would outlive a year."""

    code = "token-too-long"
    field = "days"
    message = _("A token lasts from 1 to 365 days. Enter a number of days in these bounds.")


class TokenUnnamed(Refusal):
    """A token without a name cannot be told from another."""

    code = "token-unnamed"
    field = "name"
    message = _("Give the token a name, so that you know later what uses it.")


class TooManyTokens(Refusal):
    """More live tokens than a person can oversee."""

    code = "too-many-tokens"
    message = _("You have 20 tokens in use. Revoke one that nothing uses any more.")


class ReadOnlyToken(NotAllowed):
    """A token that may only read was used to change something."""

    code = "read-only-token"
    message = _("This token may only read. Make one with the scope “write” in your settings.")


class AddressTaken(Conflict):
    """Two people with one address."""

    code = "address-taken"
    field = "email"
    message = _("Another person has this e-mail address. Correct the record, or leave the address out.")


class AddressUnreadable(Refusal):
    """No address of a wallet, or one with a wrong checksum."""

    code = "address-unreadable"
    field = "address"
    message = _("Enter the address as your wallet shows it: 0x and 40 digits or letters from a to f.")


class SignatureUnreadable(Refusal):
    """No signature of a message."""

    code = "signature-unreadable"
    field = "signature"
    message = _("This is no signature. Copy what your wallet gave for the message: 0x and 130 digits or letters.")


class SignatureForeign(Refusal):
    """A signature of another address, or of another text."""

    code = "signature-foreign"
    field = "signature"
    message = _("Another address signed, or another text. Sign the message as it stands, with the address it names.")


class ChallengeOver(Conflict):
    """A message that was signed before, or after its five minutes."""

    code = "challenge-over"
    field = "signature"
    message = _("This message was used already or is older than five minutes. Ask for a new one.")


class WalletTaken(Conflict):
    """One address, one person."""

    code = "wallet-taken"
    field = "address"
    message = _("Somebody else here proved this address. Use another one, or let them remove it first.")
