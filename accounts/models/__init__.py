from accounts.models.account_mail import AccountMail
from accounts.models.audit import AuditEntry
from accounts.models.user import User

__all__ = ["AccountMail", "AuditEntry", "User"]
