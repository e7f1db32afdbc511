### Every word that a page shows. Texts that a problem brings along (its
### detail and its field errors) come from the portal itself.

portal-name = Understudy
skip-to-content = Skip to content
nav-label = Main
nav-accounts = Accounts
nav-request = Request
nav-services = Services
nav-audit = Audit
signed-in-as = Signed in as { $login }, { $role }
role-tester = tester
role-manager = manager
role-admin = admin
sign-out = Sign out

## Sign in
sign-in-title = Sign in
sign-in-lead = Request test accounts, see who holds which, and give them back.
sign-in-login = Login
sign-in-password = Password
sign-in-submit = Sign in
sign-in-help = No login yet? An admin adds one with “understudy person add”.

## Accounts
accounts-title = Accounts
accounts-lead-own = The accounts that you hold or asked for.
accounts-lead-team = The accounts of your team, and your own.
accounts-lead-all = Everybody’s accounts.
accounts-request = Request an account
accounts-caption = Accounts, newest first
accounts-filter-label = Filter the accounts
accounts-of-team = The team’s
accounts-of-all = Everybody’s
accounts-mine = Mine
accounts-empty-title = Nobody on stage yet
accounts-empty-text = Request an account; it is created on its services and leased to you until its time is up.
accounts-none-match-title = Nothing matches
accounts-none-match-text = No account that you may see fits these filters.
column-account = Account
column-state = State
column-services = Services
column-holder = Holder
column-time-left = Time left
column-requested = Requested

## Filters above lists
filter = Filter
filter-clear = Clear
any-state = Any state
any-service = Any service
any-action = Anything
field-state = State
field-service = Service
field-holder = Holder
field-q = Search
field-q-hint = Username or ticket
field-label = Label
field-login = A login
field-actor = Who
field-action = What
field-account = Account
field-account-hint = A username or an id
field-subject = Whom or what
field-from = From (UTC)
field-to = Until (UTC)

## Long lists
older = Older
newest = Back to the newest
pages-label = Pages

## Request
request-title = Request an account
request-lead = One identity on every service that you choose: all of them, or none.
request-services = Services
request-services-hint = One to { $most }. The shortest limits of those chosen apply.
request-service-lease = Lease { $default } unless you say otherwise, { $max } at most
request-service-approval = Granted at once
request-service-approval-manager = a manager has to agree
request-service-quota = { $count ->
    [one] One at a time per person
   *[other] Up to { $count } at a time per person
}
request-about = What it is for
request-purpose = Purpose
request-purpose-hint = Why you need it, for whoever reads the audit. Optional, at most 500 characters.
request-ticket = Ticket
request-ticket-hint = Optional. You can search by it.
request-terms = Terms
request-ttl = Lease
request-ttl-hint = How long you need it: 90s, 30m, 2h or 7d. Left empty, the services’ default.
request-hint = Name hint
request-hint-hint = Optional. Letters and digits to recognise in the username.
request-labels = Labels
request-labels-hint = Optional. One per line, as key=value.
request-submit = Request the account
request-what-next = The account is created at once. Its lease begins when every service has confirmed it, and it is removed from all of them when the lease ends.
request-none-title = No service to choose from
request-none-text = No service is registered yet. An admin registers one with “understudy service apply FILE”.
label-line = must have key=value on each line; line { $line } has not
label-twice = must name each key once; “{ $key }” stands there twice

## One account
account-services-caption = Where the account stands on each service
account-credentials = Credentials
account-facts = Facts
account-timeline = Timeline
account-lease = Lease
account-username = Username
account-username-at = Username on { $service }
account-email = E-mail
account-password = Password
account-password-at = Password on { $service }
account-password-masked = Hidden
account-reveal = Reveal
account-reveal-hint = Each reveal is written to the audit.
account-hide = Hide
account-revealed-once = Shown once. It is hidden again when you leave or reload the page; this reveal is in the audit.
account-only-holder = Only { $holder }, who holds the account, can reveal its password.
account-not-yet = The password can be revealed once every service has confirmed the account.
account-ending = The account is being removed; its password can no longer be revealed.
account-no-more = The account has ended; its password was destroyed.
account-purpose = Purpose
account-ticket = Ticket
account-labels = Labels
account-attributes = Attributes
account-run = CI run
account-requested-by = Requested by
account-holder = Holder
account-approved-by = Approved by
account-requested-at = Requested
account-active-at = Active since
account-expires-at = Lease ends
account-ended-at = Ended
account-id = Id
account-remote-id = Id on { $service }
account-renew = Renew
account-renew-ttl = New lease
account-renew-hint = Counted from now; it never becomes shorter. For example 30m, 2h or 7d.
account-renewed = The lease was renewed. It now ends { $when }.
account-revoke-ask = Revoke this account…
account-revoke-what = It is removed from every service and its password is destroyed. This cannot be undone; you can request another account at any time.
account-revoke-who = { $holder } holds it. Tell them before you take it away.
account-revoke-confirm = Yes, revoke it
account-revoked-done = The account was revoked and is gone from every service.
account-revoke-going = The account is being removed. A service that does not answer is asked again until it is proven gone.
account-requested-done = The account is ready. It is yours until { $when }.
account-requested-going = The account is being created. This page follows along.
copy = Copy
copy-what = Copy: { $what }
copied = Copied
copy-failed = Selected: press Ctrl+C

## How an account stands, in a sentence
stands-requested = Waits for approval; no service knows of it yet.
stands-provisioning = Is being created on its services.
stands-active = Exists on every service and can be used.
stands-frozen = Exists on every service, disabled there for now.
stands-revoking = Is being removed from its services.
stands-revoked = Is gone from every service.
stands-denied = A manager said no.
stands-withdrawn = Its requester took the request back.
stands-lapsed = Nobody decided in time.
stands-failed = Could not be created, and is gone from every service.
because-expired = Its lease ran out.
because-revoked = It was given back or taken away.
because-cleaned-up = A cleanup met it.
because-failed = It could not be created.

## How it stands on one service
leg-pending = Waits for the first attempt.
leg-creating = Is being created.
leg-creating-error = Not created yet: { $error }
leg-active = Confirmed by the service.
leg-removing = Is being removed.
leg-removing-error = Not removed yet: { $error }
leg-removed = Proven gone: { $proof }
leg-removed-unproven = Gone.
leg-next = { $attempts ->
    [one] One attempt so far, the next { $when }.
   *[other] { $attempts } attempts so far, the next { $when }.
}
leg-other-name = Its username there is { $username }.
when-now = at once
when-in = in { $duration }

## States
state-requested = requested
state-provisioning = provisioning
state-active = active
state-frozen = frozen
state-revoking = revoking
state-revoked = revoked
state-denied = denied
state-withdrawn = withdrawn
state-lapsed = lapsed
state-failed = failed
leg-state-pending = pending
leg-state-creating = creating
leg-state-active = active
leg-state-removing = removing
leg-state-removed = removed

## Lengths of time
duration-days = { $days } d
duration-days-hours = { $days } d { $hours } h
duration-hours = { $hours } h
duration-hours-minutes = { $hours } h { $minutes } min
duration-minutes = { $minutes } min
duration-minutes-seconds = { $minutes } min { $seconds } s
duration-seconds = { $seconds } s
time-left = { $duration } left
time-up = time is up
time-ago = { $duration } ago
time-just-now = just now

## Services
services-title = Services
services-lead = Where accounts can be requested, and on which terms.
services-caption = Services, by name
services-empty-title = No services yet
services-empty-text = An admin registers one with “understudy service apply FILE”.
column-service = Service
column-environment = Environment
column-address = Address
column-connector = Connector
column-policy = Policy
service-lease = Lease { $default }, at most { $max }
service-quota = { $count ->
    [one] One account per person
   *[other] { $count } accounts per person
}
service-concurrency = { $count ->
    [one] One call at a time
   *[other] { $count } calls at a time
}
service-password = Passwords of { $length } characters
capability-create = create
capability-verify = verify
capability-reset = reset
capability-disable = disable
capability-enable = enable
capability-delete = delete
capability-gone = prove gone

## Audit
audit-title = Audit
audit-lead = Who did what, when. Nothing here can be changed or removed.
audit-caption = Events, newest first
audit-filter-label = Filter the events
audit-empty-title = No events
audit-empty-text = Nothing that happened fits these filters.
column-when = When (UTC)
column-who = Who
column-what = What
column-details = Details
detail-attempt = attempt
detail-call = call
detail-end-reason = ended because
detail-expires-at = lease ends
detail-finding = found
detail-labels = labels
detail-next-attempt-at = next attempt
detail-purpose = purpose
detail-reason = reason
detail-services = services
detail-status = answer
detail-ticket = ticket
detail-took = took
detail-milliseconds = { $count } ms
detail-ttl = lease
event-request = Request { $id }
event-run = Run { $run }

## Who acts
actor-person = { $login }
actor-token = { $login } by the token “{ $token }”
actor-operator = The operator
actor-system = Understudy

## Events in whole sentences
event-account-requested = { $actor } requested the account
event-enrollment-created = { $service } confirmed the account
event-enrollment-renamed = { $service } had the name already, so another was chosen
event-enrollment-postponed = An attempt on { $service } did not succeed; another will follow
event-enrollment-given-up = { $service } will not create the account
event-enrollment-removed = { $service } proved that the account is gone
event-account-activated = The account became usable and its lease began
event-account-revealed = { $actor } saw the password
event-account-renewed = { $actor } renewed the lease
event-account-revoking = { $actor } revoked the account
event-account-expired = The lease ran out
event-account-failed = The account could not be created everywhere and is taken back
event-account-ended = The account is gone from every service
event-service-registered = { $actor } registered the service { $service }
event-service-changed = { $actor } changed the service { $service }
event-person-added = { $actor } added { $subject }
event-person-disabled = { $actor } disabled { $subject }
event-person-enabled = { $actor } enabled { $subject } again
event-person-role-changed = { $actor } gave { $subject } another role
event-person-password-changed = { $actor } gave { $subject } another password
event-signed-in = { $actor } signed in
event-signed-out = { $actor } signed out
event-sign-in-failed = Somebody failed to sign in as { $subject }
event-token-issued = { $actor } issued the token “{ $subject }”
event-token-revoked = { $actor } revoked the token “{ $subject }”
event-account-approved = { $actor } approved the request
event-account-denied = { $actor } denied the request
event-account-withdrawn = { $actor } took the request back
event-account-lapsed = Nobody decided on the request in time
event-enrollment-reset = { $service } has the new password
event-enrollment-disabled = { $service } disabled the account
event-enrollment-enabled = { $service } enabled the account again
event-enrollment-hurried = { $actor } asked { $service } to try again at once
event-account-reset = { $actor } asked for a new password
event-account-handing-over = { $actor } is handing the account over
event-account-handed-over = The account went to its new holder
event-account-frozen = { $actor } froze the account
event-account-unfrozen = { $actor } unfroze the account
event-batch-started = { $actor } started a batch
event-batch-retried = { $actor } retried what failed of a batch
event-run-kept = { $actor } keeps a run’s accounts for a while
event-expiry-paused = The clock jumped: nothing expires for a while
event-expiry-resumed = Leases end again
event-service-down = { $service } does not answer
event-service-up = { $service } answers again
event-refused = { $actor } was refused

## Events beside who did it
deed-account-requested = Requested the account
deed-account-revealed = Saw the password
deed-account-renewed = Renewed the lease
deed-account-revoking = Revoked the account
deed-service-registered = Registered the service { $service }
deed-service-changed = Changed the service { $service }
deed-person-added = Added { $subject }
deed-person-disabled = Disabled { $subject }
deed-person-enabled = Enabled { $subject } again
deed-person-role-changed = Gave { $subject } another role
deed-person-password-changed = Gave { $subject } another password
deed-signed-in = Signed in
deed-signed-out = Signed out
deed-token-issued = Issued the token “{ $subject }”
deed-token-revoked = Revoked the token “{ $subject }”
deed-account-approved = approved the request
deed-account-denied = denied the request
deed-account-withdrawn = took the request back
deed-enrollment-hurried = asked { $service } to try again at once
deed-account-reset = asked for a new password
deed-account-handing-over = began to hand the account over
deed-account-frozen = froze the account
deed-account-unfrozen = unfroze the account
deed-batch-started = started a batch
deed-batch-retried = retried what failed of a batch
deed-run-kept = keeps the run’s accounts for a while
deed-refused = Was refused

## Kinds of events
action-account-requested = Account requested
action-enrollment-created = Confirmed by a service
action-enrollment-renamed = Renamed on a service
action-enrollment-postponed = Attempt put off
action-enrollment-given-up = Given up by a service
action-enrollment-removed = Removed from a service
action-account-activated = Account active
action-account-revealed = Password revealed
action-account-renewed = Lease renewed
action-account-revoking = Revocation began
action-account-ended = Account ended
action-service-registered = Service registered
action-service-changed = Service changed
action-person-added = Person added
action-person-disabled = Person disabled
action-person-enabled = Person enabled again
action-person-role-changed = Role changed
action-person-password-changed = Password of a person changed
action-signed-in = Signed in
action-signed-out = Signed out
action-sign-in-failed = Sign-in failed
action-token-issued = Token issued
action-token-revoked = Token revoked
action-account-approved = Request approved
action-account-denied = Request denied
action-account-withdrawn = Request taken back
action-account-lapsed = Request lapsed
action-enrollment-reset = Password changed on a service
action-enrollment-disabled = Disabled on a service
action-enrollment-enabled = Enabled on a service
action-enrollment-hurried = Attempt hurried
action-account-reset = New password asked for
action-account-handing-over = Hand-over began
action-account-handed-over = Handed over
action-account-frozen = Account frozen
action-account-unfrozen = Account unfrozen
action-batch-started = Batch started
action-batch-retried = Batch retried
action-run-kept = Run kept
action-expiry-paused = Expiry paused
action-expiry-resumed = Expiry resumed
action-service-down = Service down
action-service-up = Service up
action-refused = Refused
something = something
somebody = somebody

## Problems
problem-unreadable = The form could not be read
problem-unreadable-next = Go back, reload the page and send it again.
problem-unauthenticated = Sign in first
problem-unauthenticated-next = Sign in and try again.
problem-wrong-credentials = Login or password is wrong
problem-wrong-credentials-next = Check both and try again.
problem-forbidden = You may not do this
problem-forbidden-next = Ask a manager or an admin if you need it.
problem-cross-site = The request came from another site
problem-cross-site-next = Open the portal itself and do it there.
problem-not-found = There is nothing here
problem-not-found-next = The address may be mistyped, or it is something that you may not see.
problem-method-not-allowed = That cannot be done at this address
problem-method-not-allowed-next = Go back to the page that you came from.
problem-conflict = Not possible as things stand
problem-conflict-next = Look at the present state and decide again.
problem-stale = Somebody else changed it meanwhile
problem-stale-next = Look at the present state and decide again.
problem-still-running = The first request with this key is still running
problem-still-running-next = Ask again in a moment.
problem-key-reused = This key belongs to another request
problem-key-reused-next = Use a new key for a new request.
problem-too-large = That was too much to send
problem-too-large-next = Shorten it and send it again.
problem-unsupported-media-type = The form could not be read
problem-unsupported-media-type-next = Go back, reload the page and send it again.
problem-invalid = Some fields cannot be accepted
problem-invalid-next = Mend what is marked and send it again.
problem-quota-exceeded = The limit of accounts is reached
problem-quota-exceeded-next = Give back an account that you no longer need.
problem-too-many-attempts = Too many attempts
problem-too-many-attempts-next = Wait a little and try again.
problem-target-refused = The service refused
problem-target-refused-next = Whoever runs the service can say why.
problem-target-unavailable = The service is not available
problem-target-unavailable-next = Try again in a little while.
problem-internal = Something went wrong on our side
problem-internal-next = Try again. If it happens again, tell the operators the request id.
problem-unreachable = The portal could not be reached. Check the connection and try again.
problem-unread = The portal could not read what was sent.
problem-page-missing = There is no page at this address.
problem-request-id = Request id
problem-to-accounts = Go to the accounts
problem-to-sign-in = Go to sign-in
