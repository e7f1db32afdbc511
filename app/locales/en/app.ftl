### Every word that a page shows. Texts that a problem brings along (its
### detail and its field errors) come from the portal itself.

portal-name = Understudy
skip-to-content = Skip to content
nav-label = Main
nav-accounts = Accounts
nav-request = Request
nav-approvals = Approvals
nav-batches = Batches
nav-debt = Debt
nav-drift = Drift
nav-services = Services
nav-audit = Audit
nav-people = People
nav-tokens = Tokens
signed-in-as = Signed in as { $login }, { $role }
role-tester = tester
role-manager = manager
role-admin = admin
sign-out = Sign out
look-again = Look again
field-reason = Reason
field-reason-hint = Optional, for whoever reads the audit.
try-now = Try now
try-now-going = Another attempt is being made now.

## While leases do not end
pause-forward = No lease ends before { $until }: the clock was set forward by { $jumped }, and nobody’s account is taken away for that.
pause-backward = No lease ends before { $until }: the clock was set back by { $jumped }, so the time may be wrong.
pause-resume = Let leases end again

## Sign in
sign-in-title = Sign in
sign-in-lead = Request test accounts, see who holds which, and give them back.
sign-in-login = Login
sign-in-password = Password
sign-in-submit = Sign in
sign-in-help = No login yet? Ask an admin, who adds you on the page People.

## Accounts
accounts-title = Accounts
accounts-lead-own = The accounts that you hold or asked for.
accounts-lead-team = The accounts of your team, and your own.
accounts-lead-all = Everybody’s accounts.
accounts-request = Request an account
accounts-clean-up = Clean up…
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
column-reason = Reason
column-batch = Batch
column-progress = Progress
column-asked = Asked for
column-owed-since = Owed since
column-next-attempt = Next attempt
column-difference = What differs
column-seen-since = Seen since
column-decision = Decision
column-swept = Last swept

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
field-words = Words
field-day = On the day
holders-of = Who had { $account }
holders-on = Who had { $account } on { $day } (UTC)
holders-account = The account and its whole history
holders-nobody = Nobody had it then.
holders-caption = Holders, the first one first
holders-from = From
holders-until = Until
holders-still = holds it still
field-role = Role
field-team = Team
choose-role = Choose a role
choose-team = Choose a team
choose-default-team = The team of all who have no other
column-change = Change
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
request-service-quota = { $count ->
    [one] One at a time per person
   *[other] Up to { $count } at a time per person
}
request-service-needs = Wants to know: { $attributes }
request-kind = What kind of account
request-persona = Persona
request-persona-none = The usual
request-persona-of = { $title } ({ $services })
request-attributes = Attributes
request-attributes-hint = Optional, unless a service wants to know some. One per line, as key=value; these come before the persona’s.
request-about = What it is for
request-purpose = Purpose
request-purpose-hint = Why you need it, for whoever reads the audit. Optional, at most 500 characters.
request-ticket = Ticket
request-ticket-hint = Optional. You can search by it.
request-terms = Terms
request-ttl = Lease
request-ttl-hint = How long you need it: 90s, 30m, 2h or 7d. Left empty, the services’ default.
request-hint = Name hint
request-hint-hint = Optional. Letters a to z and digits to recognise in the username; capitals become small.
request-labels = Labels
request-labels-hint = Optional. One per line, as key=value.
request-count = How many
request-count-hint = More than one are a batch, whose progress you can watch; 5000 at most.
request-submit = Request the account
request-at-once = What you ask for is created at once.
request-waits = A manager has to agree first: { $services } wants that.
request-what-next = The lease begins when every service has confirmed the account, and it is removed from all of them when the lease ends.
approval-auto = Granted at once
approval-manager = A manager has to agree
request-none-title = No service to choose from
request-none-text = No service is registered yet. An admin registers one, under Services or with “understudy service apply FILE”.
pair-line = must have key=value on each line; line { $line } has not
pair-twice = must name each key once; “{ $key }” stands there twice

## One account
account-services-caption = Where the account stands on each service
account-credentials = Credentials
account-facts = Facts
account-timeline = Timeline
account-lease = Lease
account-decision = Decision
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
account-approved-because = { $login }: { $reason }
account-ttl = Asked for
account-requested-at = Requested
account-active-at = Active since
account-expires-at = Lease ends
account-kept-until = Kept from cleanups until
account-ended-at = Ended
account-id = Id
account-remote-id = Id on { $service }
account-renew = Renew
account-renew-ttl = New lease
account-renew-hint = Counted from now; it never becomes shorter. For example 30m, 2h or 7d.
account-renewed = The lease was renewed. It now ends { $when }.
account-reset-ask = New password…
account-reset-what = Every service gets a new password. The present one stops working, also for whoever uses it right now.
account-reset-confirm = Set a new password
account-reset-done = Every service has the new password.
account-reset-going = The new password is on its way to the services. Each keeps the old one until it has confirmed the new.
account-hand-over-ask = Hand over…
account-hand-over-what = The account gets a new password and a new holder. It is theirs once every service has that password, which you will not see.
account-hand-over-to = To whom
account-hand-over-hint = The login of somebody who can sign in here.
account-hand-over-confirm = Hand it over
account-handed-over = The account is { $holder }’s now.
account-handing-over = The account is being handed over; that is done once every service has a new password.
account-call-off-ask = Call the hand-over off…
account-call-off-what = { $holder } keeps the account instead of { $to }, with a new password.
account-call-off-confirm = Call it off
account-called-off = The hand-over is called off; the account has a new password.
account-calling-off = The hand-over is called off. A new password is on its way to the services.
account-password-changing = The account is being handed over; its password is changing.
account-batch = The batch it was asked for with
account-frozen-by = Frozen by
account-frozen-by-other = { $login } froze the account: only they or a manager can unfreeze it.
account-frozen-by-unknown = Only a manager can unfreeze the account.
account-take-over-ask = Freeze it yourself…
account-take-over-what = { $login } froze the account and can unfreeze it. After this only a manager can.
account-take-over-confirm = Freeze it
account-freeze-ask = Freeze…
account-freeze-what = Nobody can sign in with the account until it is unfrozen. The lease goes on.
account-freeze-confirm = Freeze it
account-frozen = The account is frozen on every service.
account-freezing = The account is being disabled on its services.
account-unfreeze-ask = Unfreeze…
account-unfreeze-what = The account can be used again, with the same password.
account-unfreeze-confirm = Unfreeze it
account-unfrozen = The account can be used again on every service.
account-unfreezing = The account is being enabled on its services.
account-withdraw-ask = Take it back…
account-withdraw-what = The request is taken back, and no service ever hears of it.
account-withdraw-confirm = Yes, take it back
account-withdrawn = The request was taken back.
account-revoke-ask = Revoke this account…
account-revoke-what = It is removed from every service and its password is destroyed. This cannot be undone; you can request another account at any time.
account-revoke-who = { $holder } holds it. Tell them before you take it away.
account-revoke-confirm = Yes, revoke it
account-revoked-done = The account was revoked and is gone from every service.
account-revoke-going = The account is being removed. A service that does not answer is asked again until it is proven gone.
account-requested-done = The account is ready. It is yours until { $when }.
account-requested-going = The account is being created. This page follows along.
account-requested-waits = A manager has to agree. You will find the account here once one has.
copy = Copy
copy-what = Copy: { $what }
copied = Copied
copy-failed = Selected: press Ctrl+C

## How an account stands, in a sentence
stands-requested = Waits for a manager to decide; no service knows of it yet.
stands-requested-until = Waits for a manager to decide, until { $when }; no service knows of it yet.
stands-provisioning = Is being created on its services.
stands-active = Exists on every service and can be used.
stands-handing-over = Is being handed over to { $to }: theirs once every service has a new password.
stands-frozen = Is disabled for the time being; its lease goes on.
stands-revoking = Is being removed from its services.
stands-revoked = Is gone from every service.
stands-denied = The request was denied.
stands-denied-because = The request was denied: { $reason }
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
leg-resetting = Does not have the new password yet.
leg-resetting-error = Does not have the new password yet: { $error }
leg-disabling = Is being disabled.
leg-disabling-error = Not disabled yet: { $error }
leg-disabled = Disabled by the service.
leg-enabling = Is being enabled again.
leg-enabling-error = Not enabled again yet: { $error }
leg-removing = Is being removed.
leg-removing-error = Not removed yet: { $error }
leg-removed = Proven gone: { $proof }
leg-removed-unproven = Gone.
leg-failed = Could not be created: { $failure }
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
leg-state-reset-pending = reset pending
leg-state-disabled = disabled
end-revoked = given back or taken away
end-expired = its lease ran out
end-cleaned-up = cleaned up
end-failed = could not be created
end-denied = denied
end-withdrawn = taken back
end-lapsed = nobody decided in time

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

## Approvals
approvals-title = Approvals
approvals-lead = Requests that wait for a manager. No service knows of them yet.
approvals-empty-title = Nobody is waiting
approvals-empty-text = A request comes here when one of its services wants a manager to agree.
approvals-by = { $who } asks
approvals-batch = { $count ->
    [one] One account
   *[other] { $count } accounts
}
approvals-until = lapses
approvals-lease = lease { $ttl }
approvals-no-purpose = No purpose was given.
approvals-own = It is your own request: another manager has to decide.
decide-approve = Approve
decide-deny-ask = Deny…
decide-deny = Deny the request
decide-reason-hint = The requester and the audit see it.
decide-approve-all = { $count ->
    [one] Approve the one that waits
   *[other] Approve all { $count }
}
decide-deny-all-ask = { $count ->
    [one] Deny it…
   *[other] Deny all…
}
decide-deny-all = { $count ->
    [one] Deny the request
   *[other] Deny all { $count } requests
}
decide-approved-all = The requests of the batch are approved.
decide-denied-all = The requests of the batch are denied.
decide-approved = The request for { $account } is approved.
decide-denied = The request for { $account } is denied.
decide-look = Look at it

## Batches
batches-title = Batches
batches-lead = Many accounts asked for, or taken away, as one.
batches-caption = Batches, newest first
batches-empty-title = No batches yet
batches-empty-text = Ask for more than one account at a time, or clean many up, and their progress stands here.
batches-request = Request accounts
batch-create = { $count ->
    [one] Creation of one account
   *[other] Creation of { $count } accounts
}
batch-cleanup = { $count ->
    [one] Cleanup of one account
   *[other] Cleanup of { $count } accounts
}
batch-state-running = running
batch-state-finished = finished
batch-created = { $done } of { $total } created
batch-removed = { $done } of { $total } proven gone
batch-failed = { $count } failed
batch-waiting = { $count ->
    [one] one waits for a manager
   *[other] { $count } wait for a manager
}
batch-kept = { $count } kept with their run
batch-progress = Progress
batch-failures = What did not go well
batch-accounts = See its accounts
batch-retry = { $count ->
    [one] Retry the failed one
   *[other] Retry the { $count } failed ones
}
batch-retried = As many accounts as had failed are asked for once more.
batch-by = Asked for by { $who }
batch-finished = Finished

## Cleaning up
clean-up-title = Clean up
clean-up-lead-own = Take away many of your accounts at once. First you see which.
clean-up-lead-team = Take away many of the team’s accounts at once. First you see which.
clean-up-lead-all = Take away many accounts at once, of everybody’s. First you see which.
clean-up-hint = All that you fill in has to apply. Accounts that are made after you confirm are safe.
clean-up-run-example = github:acme/shop:9123:1
clean-up-prefix = Username begins with
clean-up-labels-hint = One per line, as key=value.
clean-up-mine = All that I hold, and nothing else
clean-up-look = See what that takes away
clean-up-nothing-chosen = Choose by at least one of these: no cleanup ever means everything.
clean-up-none-title = Nothing to take away
clean-up-none-text = No account that you may clean up fits.
clean-up-blast = { $count ->
    [one] One account would be taken away
   *[other] { $count } accounts would be taken away
}
clean-up-on = { $service }: { $count }
clean-up-kept = { $count ->
    [one] One more fits, but is kept with its run for a while, so it is spared.
   *[other] { $count } more fit, but are kept with their run for a while, so they are spared.
}
clean-up-kept-all = { $count ->
    [one] One fits, but is kept with its run for a while, so it is spared.
   *[other] { $count } fit, but are kept with their run for a while, so they are spared.
}
clean-up-ending = { $count ->
    [one] One of them is being removed already; it counts as part of this cleanup, too.
   *[other] { $count } of them are being removed already; they count as part of this cleanup, too.
}
clean-up-ending-all = All of that is being removed already.
clean-up-what = They are removed from every service and their passwords are destroyed. This cannot be undone.
clean-up-confirm = { $count ->
    [one] Yes, take it away
   *[other] Yes, take these { $count } away
}
clean-up-caption = The newest of them
clean-up-rest = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}

## Runs that are kept
keep-for = Keep this run’s accounts for
keep-hint = Cleanups spare those that it has now for so long, such as 2h or 1d; their leases end as ever.
keep-submit = Keep them
keep-done = Cleanups spare the accounts of { $run } until { $when }.

## Cleanup debt
debt-title = Cleanup debt
debt-lead = What should be gone and is not. Each is tried again until it is proven gone.
debt-caption = Accounts that should be gone, the oldest debt last
debt-filter-label = Filter the debt
debt-empty-title = Nothing is owed
debt-empty-text = Whatever was to be removed is proven gone.
debt-no-attempt = Nothing was tried yet.
debt-try-all = Try all of it now
debt-tried-all = { $count ->
    [0] Nothing was put off: what is owed is tried as soon as its service answers, or is not yours to clean up.
    [one] Another attempt is due now; what succeeds goes from this list.
   *[other] { $count } more attempts are due now; what succeeds goes from this list.
}
debt-trying = Another attempt is being made now; what succeeds goes from this list.

## Drift
drift-title = Drift
drift-lead = Where services and the ledger differ, seen in at least two sweeps in a row.
drift-caption = Differences, newest first
drift-filter-label = Filter the drift
drift-empty-title = Nothing differs
drift-empty-text = Each service had what it should have when it was last swept.
drift-unlisted = No service can be swept: none of the definitions says how to list accounts.
drift-missing = Somebody holds it, and the service does not have it.
drift-came-back = It ended here, and the service has it all the same.
drift-stranger = The service has it, and nobody ever held it here.
drift-sweeps = in { $count ->
    [one] one sweep
   *[other] { $count } sweeps
}
drift-create-again-ask = Create it again…
drift-create-again-what = The account is created on the service again, under its name, with a new password. On its other services the password changes as well.
drift-create-again-confirm = Create it again
drift-adopt-ask = Adopt…
drift-adopt-what = It becomes your account with the usual lease. The service gets a new password for it, so whoever uses it now is locked out; and it is deleted there when the lease ends.
drift-adopt-confirm = Make it mine
drift-give-up-ask = Give it up…
drift-give-up-what = The account is taken away from whoever holds it, and ends once every service has proven that it is gone.
drift-give-up-confirm = Yes, give it up
drift-delete-ask = Delete…
drift-delete-what = It was created by this portal and should be gone. It is deleted from the service; this cannot be undone.
drift-delete-confirm = Yes, delete it
drift-ignore = Ignore
drift-adopted = That is made right here.
drift-deleted = { $name } is gone, or will be as soon as that is proven.
drift-ignored = { $name } is left as it is, and is not shown again while it stays so.
drift-swept = { $count ->
    [0] Swept: nothing differs.
    [one] Swept: one thing differs. What two sweeps in a row see stands in the list.
   *[other] Swept: { $count } things differ. What two sweeps in a row see stands in the list.
}
drift-sweeps-title = Sweeps
drift-never-swept = Not yet
drift-sweep-failed = The last sweep did not succeed: { $problem }
drift-sweep-now = Sweep now

## Services
services-title = Services
services-lead = Where accounts can be requested, and on which terms.
services-caption = Services, by name
services-empty-title = No services yet
services-empty-text = An admin registers one here, or with “understudy service apply FILE”.
service-register-one = Register a service
service-new-title = Register a service
service-new-lead = What most services say stands in fields, and how accounts are made and removed there, in TOML. A whole service file may be pasted there instead, while the fields are empty.
service-edit = Edit
service-edit-title = Edit { $service }
service-edit-lead = What is left as it is stays as it was written; comments of the file are not kept.
service-edit-anew = Open it as it is now
service-edit-leave = Leave it
service-unusable = The portal cannot use this table as it stands, so nothing is created or removed there. Mend what is named below and save it.
service-what = The service
service-slug-hint = Its name in addresses and commands, such as orders. It stays.
service-name = Name
service-team-hint = Its managers look after the service, and its people may ask for accounts there.
service-team-none = Everybody’s
service-name-hint = What people call it. Left empty, its slug.
service-environment-hint = Which of the operator’s test environments it belongs to.
service-environment-none = Choose one
service-base-url = Address
service-base-url-hint = Where it is, such as https://orders.test.example.com/api.
service-connector-hint = A preset knows how some products make accounts.
service-connector-none = none: described below
service-secret = Secret
service-secret-hint = What the portal signs in with there: never the secret, but where it is, such as env:ORDERS_TOKEN, file:/run/secrets/orders, vault:secret/orders#token; or sealed, and the portal asks for it. Empty for none.
service-default-ttl = Lease
service-default-ttl-hint = Where none is asked for, such as 90s, 30m, 2h or 7d. Left empty, { $usual }.
service-max-ttl = Longest lease
service-usually = Left empty, { $usual }.
service-approval = Approval
service-max-active = Accounts per person
service-calls = Calls at a time
service-rest = How accounts are made
service-toml = The rest, as TOML
service-toml-hint = As in a service file: [service.http.create] and [service.http.delete], where no preset says them; [service.attributes], [service.personas.…], what else [service.policy] has. The documentation page services.md says what there is.
service-toml-example = An example
service-register = Register it
service-register-next = Nothing is sent to the service by that. Check it next, on its page.
service-registered = The service is registered. Check next whether it does what its table says.
service-save = Save
service-save-next = It counts for everything that is done there from then on. Nothing is sent to the service by saving.
service-changed = The table is saved.
service-checked = The service was tried out; what came of it stands below.
service-attributes = Attributes
service-personas = Personas
check-title = Check
check-none = It was not tried out since its table was last changed.
check-ok = Every step went as it should.
check-failed = Not every step went as it should.
check-disproved = Not relied on until the table is changed: { $what }.
check-caption = The steps of the check
check-step = Step
check-result = Result
check-told = Details
check-took = Took
check-ms = { $count } ms
check-what = Makes one account on the service, signs in with it, with a wrong password too, changes its password, and deletes it again, as far as the table says how. Nothing is left behind. It may take a while.
check-now = Check it now
check-step-ok = passed
check-step-failed = failed
check-step-attest = Is a test target
check-step-create = Create
check-step-there = Is there
check-step-list = Is listed
check-step-login = Log in
check-step-wrong-password = Log in with a wrong password
check-step-disable = Disable
check-step-disabled-login = Log in while disabled
check-step-enable = Enable
check-step-enabled-login = Log in when enabled
check-step-reset = Set a password
check-step-old-password = Log in with the old password
check-step-delete = Delete
check-step-gone = Is gone
check-step-deleted-login = Log in once deleted
secret-missing-title = Its secret is missing
secret-missing = The portal is to keep this service’s secret and was not given it, so it can do nothing there.
secret-missing-seal = Give it the secret
secret-missing-ask = An admin has to give it.
secret-first = What the portal signs in with on the service. It is sealed, and never shown again.
secret-kept = The portal keeps it sealed and never shows it. A new one counts from the next call on.
secret-field = The secret
secret-new-field = The new secret
secret-seal = Seal it
secret-replace = Replace the secret
secret-sealed = The secret is sealed.
service-down = { $service } has not answered since { $when }. It is asked every few seconds, and what is to be done there goes on as soon as it answers.
service-down-since = Has not answered since { $when }
service-state-active = active
service-state-paused = paused
service-state-retiring = retiring
service-state-retired = retired
service-stands-active = Gives accounts out.
service-stands-paused = Paused since { $when }: no new accounts until an admin resumes it. What is there goes on.
service-stands-retiring = Retiring since { $when }: no new accounts, and what is there is taken away.
service-stands-because = { $stands } Reason: { $reason }
service-slug = Slug
service-can = Can
service-registered-at = Registered
service-updated-at = Last changed
service-cleanup = See how far that is
service-manage = Pause or retire
service-reason-hint = Optional. Whoever asks for an account here sees it.
service-pause-ask = Pause…
service-pause-what = No new accounts are given out here until you resume it. Leases, new passwords and removals go on.
service-pause-confirm = Pause it
service-paused = The service is paused.
service-resume = Resume
service-resumed = The service gives accounts out again.
service-retire-ask = Retire…
service-retire-what = The service goes from all lists; what happened on it stays in the audit. Registered anew, it is back.
service-retire-drain = Revoke all that it holds first, also what is kept with its run
service-retire-confirm = Retire it
service-retiring = The service gives no new accounts out. It is retired once all that it held is proven gone.
service-retired = The service { $service } is retired.
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
capability-list = list
capability-attest = attest

## Audit
audit-title = Audit
audit-lead = Who did what, when. Nothing here can be changed or removed.
audit-caption = Events, newest first
audit-filter-label = Filter the events
audit-copy = Copy of these events
audit-copy-csv = For spreadsheets (CSV)
audit-copy-ndjson = With seals, to be checked (NDJSON)
audit-empty-title = No events
audit-empty-text = Nothing that happened fits these filters.
column-when = When (UTC)
column-who = Who
column-what = What
column-details = Details
detail-attempt = attempt
detail-call = call
detail-decide-by = to be decided by
detail-end-reason = ended because
detail-expires-at = lease ends
detail-finding = found
detail-jumped-by = by
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
detail-valid-until = valid until
details-whole-definition = The whole definition
details-steps =
    { $failed ->
        [0] All { $count } steps went as they should
        [one] One of { $count } steps failed
       *[other] { $failed } of { $count } steps failed
    }
asked-whose = whose
asked-mine = all that they hold
asked-service = service
asked-run = run
asked-requested-by = requested by
asked-username-prefix = username begins with
event-request = Request { $id }
event-run = Run { $run }

## Who acts
actor-person = { $login }
actor-token = { $login } by the token “{ $token }”
actor-operator = The operator
actor-system = Understudy

## What happened: deeds, each said of somebody or of a service
event-sentence = { $who } { $deed }
event-batch = its batch
deed-account-requested = requested the account
deed-account-approved = approved the request
deed-account-denied = denied the request
deed-account-denied-because = denied the request: { $reason }
deed-account-withdrawn = took the request back
deed-account-revealed = saw the password
deed-account-renewed = renewed the lease
deed-account-reset = asked for a new password
deed-account-handing-over = began to hand the account over to { $to }
deed-account-hand-over-called-off = called the hand-over off
deed-account-frozen = froze the account
deed-account-unfrozen = unfroze the account
deed-account-kept = keeps the account from cleanups for a while
deed-account-kept-until = keeps the account from cleanups until { $when }
deed-account-revoking = revoked the account
deed-enrollment-created = confirmed the account
deed-enrollment-renamed = had the name already, so another was chosen
deed-enrollment-given-up = will not create the account
deed-enrollment-reset = has the new password
deed-enrollment-disabled = disabled the account
deed-enrollment-enabled = enabled the account again
deed-enrollment-hurried = asked { $service } to try again at once
deed-enrollment-removed = proved that the account is gone
deed-batch-create = { $count ->
    [one] asked for one account
   *[other] asked for { $count } accounts at once
}
deed-batch-cleanup = { $count ->
    [0] cleaned up, though there was nothing to take away
    [one] cleaned up one account
   *[other] cleaned up { $count } accounts
}
deed-batch-started = started a batch
deed-batch-retried = { $count ->
    [one] asked once more for the account of a batch that had failed
   *[other] asked once more for the { $count } accounts of a batch that had failed
}
deed-run-kept = keeps the run’s accounts for a while
deed-run-kept-until = { $count ->
    [one] keeps the run’s account from cleanups until { $when }
   *[other] keeps the run’s { $count } accounts from cleanups until { $when }
}
deed-expiry-resumed = let leases end again
deed-service-down = does not answer
deed-service-up = answers again
deed-service-swept = compared the accounts of { $service } with the ledger
deed-drift-found-unknown = has an account that nobody holds here: { $subject }
deed-drift-found-missing = does not have the account { $subject } any more
deed-drift-adopted-unknown = adopted { $subject }, which { $service } had
deed-drift-adopted-missing = has { $subject } created again on { $service }
deed-drift-deleted-unknown = deleted { $subject } from { $service }, where it should have been gone
deed-drift-deleted-missing = accepted that { $service } does not have { $subject } any more
deed-drift-ignored = leaves { $subject } on { $service } as it is
deed-service-registered = registered the service { $service }
deed-service-changed = changed the service { $service }
deed-service-secret-sealed = gave the portal the secret of { $service }
deed-service-checked = tried the service { $service } out
told-call-refused = The guard refused to call { $service }; nothing was sent
deed-service-paused = paused the service { $service }
deed-service-paused-because = paused the service { $service }: { $reason }
deed-service-resumed = let the service { $service } give accounts out again
deed-service-retiring = began to retire the service { $service }
deed-service-retired = retired the service { $service }
deed-person-added = added { $subject }
deed-person-disabled = disabled { $subject }
deed-person-erased = erased somebody, who is { $subject } from now on
told-details-forgotten = What was written about old accounts or events was forgotten.
deed-person-enabled = enabled { $subject } again
deed-person-role-changed = gave { $subject } another role
deed-person-password-changed = gave { $subject } another password
deed-own-password-changed = chose another password
deed-person-team-changed = gave { $subject } another team
deed-person-invited = made a one-time link for { $subject }
deed-team-added = added the team { $subject }
deed-team-changed = called the team { $subject } something else
deed-team-removed = did away with the team { $subject }
deed-session-ended = ended one of their sessions
deed-keys-rotated = changed the key that seals secrets, and sealed { $count } anew
deed-signed-in = signed in
deed-signed-out = signed out
deed-token-issued = issued the token “{ $subject }”
deed-token-issued-for = issued the token “{ $subject }” for { $owner }
deed-token-revoked = revoked the token “{ $subject }”
deed-token-revoked-of = revoked the token “{ $subject }” of { $owner }
deed-audit-read = read the audit
deed-audit-exported = took a copy of the audit
deed-backup-made = made a copy of the database
deed-refused = was not allowed to { $wanted }
refused-of-account = { $verb } the account

## What happened by nobody’s doing in particular, in whole sentences
told-account-activated = The account became usable and its lease began
told-account-lapsed = Nobody decided on the request in time
told-account-expired = The lease ran out
told-account-failed = The account could not be created everywhere and is taken back
told-account-cleaned-up = A cleanup that { $who } asked for took the account away
told-request-cleaned-up = A cleanup that { $who } asked for took the request back
told-account-handed-over = The account went to its new holder
told-account-handed-over-to = The account went from { $from } to { $to }
told-account-ended = The account is gone from every service
told-enrollment-postponed = An attempt on { $service } did not succeed; another will follow
told-enrollments-postponed = { $count } attempts on { $service } did not succeed, the last of them
timeline-earlier = { $count ->
    [one] The one before
   *[other] The { $count } before
}
told-service-retired = The service { $service } holds nothing any more and is retired
told-expiry-paused = The clock jumped: leases do not end for a while
told-expiry-paused-until = The clock jumped: leases do not end until { $when }
told-expiry-resumed = Leases end again
told-set-up-begun = A one-time link was made by which the first admin sets the portal up
told-person-linked = { $subject } signs in through the provider from now on
told-exchange-refused = A CI run’s identity token was not taken
told-sign-in-failed = Somebody failed to sign in as { $subject }

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
action-service-swept = Service swept
action-drift-found = Drift found
action-drift-adopted = Drift adopted
action-drift-deleted = Drift deleted
action-drift-ignored = Drift ignored
action-service-registered = Service registered
action-service-changed = Service changed
action-service-secret-sealed = Service secret given
action-service-checked = Service tried out
action-call-refused = Call refused by the guard
action-service-paused = Service paused
action-service-resumed = Service resumed
action-service-retiring = Retirement began
action-service-retired = Service retired
action-person-added = Person added
action-person-disabled = Person disabled
action-person-erased = Person erased
action-details-forgotten = Details forgotten
action-person-enabled = Person enabled again
action-person-role-changed = Role of a person changed
action-person-password-changed = Password of a person changed
action-person-team-changed = Team of a person changed
action-person-invited = One-time link made
action-team-added = Team added
action-team-changed = Team renamed
action-team-removed = Team removed
action-session-ended = Session ended
action-person-linked = Linked with the provider
action-keys-rotated = Keys changed
action-exchange-refused = CI run not let in
action-signed-in = Signed in
action-signed-out = Signed out
action-sign-in-failed = Sign-in failed
action-token-issued = Token issued
action-token-revoked = Token revoked
action-audit-read = Audit read
action-audit-exported = Audit copied
action-backup-made = Database copied
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
action-account-hand-over-called-off = Hand-over called off
action-account-handed-over = Handed over
action-account-frozen = Account frozen
action-account-unfrozen = Account unfrozen
action-account-kept = Account kept
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

sign-in-provider = Sign in with { $name }
sign-in-or = or with a password of this portal

## People and teams
people-title = People
people-lead = Who can sign in, what they may do, and to which team they belong.
people-caption = People, newest first
people-empty-title = Nobody here
people-empty-text = There are no more people than those on the pages before.
column-signs-in = Signs in
signs-in-password = with a password
signs-in-provider = through the provider
signs-in-not = not yet
person-active = active
person-disabled = disabled
person-add-ask = Add somebody
person-add = Add them
person-add-next = You get a one-time link, to pass on to them: by it they choose their password.
person-login-hint = Lower-case letters, digits and . _ @ + -
person-change-title = Role and team
person-change = Save
person-team-hint = What they hold stays with the team for which it was asked for.
person-ways-in = Ways in
person-invite-ask = New one-time link
person-invite-what = By it they choose a password, once, within three days. Links made before are worthless then; the password that they have now works until they choose another.
person-invite = Make the link
person-disable-ask = Disable
person-disable-what = Their sessions and tokens end at once. What they hold stays until it expires or somebody revokes it.
person-disable = Disable them
person-enable = Enable them again
person-was-disabled = { $login } is shut out.
person-was-enabled = { $login } can sign in again.
person-was-changed = { $login } was changed.
person-disabled-since = Disabled since
person-added-at = Added
person-no-tokens = They have no tokens.
teams-title = Teams
teams-lead = People, services and accounts belong to teams. Managers see and act on what belongs to theirs.
team-slug = Short name
team-slug-hint = As settings and service files name it: lower-case letters, digits and hyphens.
team-name = Name
team-add-ask = Add a team
team-add = Add it
team-rename-ask = Rename
team-rename = Save
team-remove-ask = Remove
team-remove-what = Only a team to which nobody and nothing belongs can be removed.
team-remove = Remove it
team-was-added = The team { $team } was added.
team-was-changed = The team { $team } has its new name.
team-was-removed = The team { $team } was removed.

## Tokens
tokens-title = Tokens
tokens-lead = For programs that call the API in your name. Each can do what you may do, or less.
tokens-caption = Tokens, newest first
tokens-none = You have no tokens.
token-name = Name
token-name-hint = What it is for, so that you know it again.
token-scopes = May
token-scopes-hint = Choose none, and it may do all that you may.
token-all-scopes = all that its owner may
token-ttl = Good for
token-ttl-hint = For example 30d or 12h. Left empty, { $usual }; at most { $most }.
token-expires = Good until
token-used = Last used
token-never-used = never
token-state-good = good
token-state-expired = expired
token-state-revoked = revoked
token-issue-ask = Issue a token
token-issue = Issue it
token-revoke = Revoke
token-revoked = The token is worthless from now on.
token-issued-title = Token “{ $name }”
token-issued = It is good until { $until }. Copy it now: it is never shown again.
token-text = Token
token-how = Send it as “Authorization: Bearer …”, or by HTTP Basic as the password.

## One’s own ways in
profile-title = Your access
profile-lead = You are signed in as { $login }: { $role } in the team { $team }.
sessions-title = Where you are signed in
session-browser = Browser
session-unknown-browser = an unknown browser
session-begun = Signed in
session-used = Last used
session-this = this one
session-end = End it
session-was-ended = That session has ended.
password-title = Password
password-what = Your other sessions end when you choose another password.
password-current = Present password
password-new = New password
password-hint = At least eight characters, and not a common one; a phrase of several words is best.
password-change = Change the password
password-was-changed = You have a new password, and your other sessions have ended.
welcome-title = Welcome
welcome-lead-first = Nobody can sign in here yet. You become the first admin.
welcome-lead = Choose a password for { $login }. You are signed in with that.
welcome-login-hint = By what you sign in: lower-case letters, digits and . _ @ + -
welcome-login-wrong = may contain only lower-case letters, digits and . _ @ + -, at most 64
welcome-password-wrong = must have at least 8 characters, and not be one that many people have
welcome-submit = Choose the password and sign in
link-title = One-time link
link-made = It is good once, until { $until }. Pass it on now: it is never shown again.
link-text = Link

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
problem-not-ready = The portal is not ready
problem-not-ready-next = Try again in a moment.
problem-internal = Something went wrong on our side
problem-internal-next = Try again. If it happens again, tell the operators the request id.
problem-unreachable = The portal could not be reached. Check the connection and try again.
problem-unread = The portal could not read what was sent.
problem-page-missing = There is no page at this address.
problem-request-id = Request id
problem-to-accounts = Go to the accounts
problem-to-sign-in = Go to sign-in
