from accounts.models.account_mail import AccountMail
from accounts.models.address_change import AddressChange
from accounts.models.audit import AuditEntry
from accounts.models.session import Session
from accounts.models.user import User

__all__ = ["AccountMail", "AddressChange", "AuditEntry", "Session", "User"]
