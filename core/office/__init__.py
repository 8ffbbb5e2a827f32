"""A centre's office: its people, invitations, guardians and audit, as API and pages."""
