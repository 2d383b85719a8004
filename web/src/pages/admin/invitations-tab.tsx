import { useState } from "react";
import type { Invitation } from "../../api/administration";
import { administration } from "../../api/administration";
import { useLanguage } from "../../app/preferences";
import { Button } from "../../parts/button";
import { Icon } from "../../parts/icon";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { date } from "../times";
import { InvitationDialog } from "./invitation-dialog";
import { Loaded } from "./loaded";
import { Table } from "./table";
import { usePoll } from "./use-poll";

/** Links that make an account each. */
export function InvitationsTab() {
    const { invitations: words } = useTexts();
    const invitations = usePoll(administration.invitations, "invitations");
    const [isInviting, setInviting] = useState(false);
    const revoke = (invitation: Invitation) => attempt(async () => {
        await administration.revokeInvitation(invitation.id);
        toast(words.invitationRevoked);
        await invitations.refresh();
    });
    return (
        <>
            <div className="actions spread">
                <p className="soft">{words.invitationsLead}</p>
                <Button kind="primary" onClick={() => setInviting(true)}>
                    <Icon name="plus" size={18} />{words.invite}
                </Button>
            </div>
            <Loaded value={invitations.value} failure={invitations.failure} onRetry={() => void invitations.refresh()}>
                {(value) => value.invitations.length === 0
                    ? <p className="soft">{words.invitationsNone}</p>
                    : <InvitationTable invitations={value.invitations} onRevoke={(one) => void revoke(one)} />}
            </Loaded>
            {isInviting && (
                <InvitationDialog
                    onMade={() => void invitations.refresh()}
                    onClose={() => setInviting(false)}
                />
            )}
        </>
    );
}

interface InvitationTableProps {
    invitations: readonly Invitation[];
    onRevoke: (invitation: Invitation) => void;
}

function InvitationTable({ invitations, onRevoke }: InvitationTableProps) {
    const { admin, invitations: words, users } = useTexts();
    const language = useLanguage();
    const sorted = [...invitations].sort((one, other) => other.created - one.created);
    return (
        <Table caption={words.invitationsCaption}>
            <thead>
                <tr>
                    <th scope="col">{words.note}</th>
                    <th scope="col">{users.status}</th>
                    <th scope="col">{users.created}</th>
                    <th scope="col">{words.expires}</th>
                    <th scope="col"><span className="visually-hidden">{admin.actions}</span></th>
                </tr>
            </thead>
            <tbody>
                {sorted.map((invitation) => (
                    <tr key={invitation.id}>
                        <th scope="row">{invitation.note || <span className="soft">{words.withoutNote}</span>}</th>
                        <td><InvitationState invitation={invitation} /></td>
                        <td>{date(invitation.created, language)}</td>
                        <td>{date(invitation.expires, language)}</td>
                        <td className="number">
                            {!invitation.usedBy && (
                                <Button
                                    aria-label={words.revokeOf(invitation.note || words.withoutNote)}
                                    onClick={() => onRevoke(invitation)}
                                >
                                    {words.revoke}
                                </Button>
                            )}
                        </td>
                    </tr>
                ))}
            </tbody>
        </Table>
    );
}

function InvitationState({ invitation }: { invitation: Invitation }) {
    const { invitations: words } = useTexts();
    if (invitation.usedBy) return <span className="badge">{words.usedBy(invitation.usedBy)}</span>;
    if (invitation.expires < Date.now()) return <span className="badge bad">{words.expiredOn}</span>;
    return <span className="badge good">{words.open}</span>;
}
