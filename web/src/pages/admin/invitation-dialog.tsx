import type { FormEvent } from "react";
import { useState } from "react";
import { administration } from "../../api/administration";
import { Button } from "../../parts/button";
import { copyText } from "../../parts/clipboard";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { end } from "../../share/expiry";
import { LinkBox } from "../../share/link-box";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { SelectField } from "../parts/select-field";

const choices = ["day", "week", "month"] as const;

/** Makes an invitation, and shows its link this once. */
export function InvitationDialog({ onMade, onClose }: { onMade: () => void; onClose: () => void }) {
    const { common, invitations: words, share } = useTexts();
    const [note, setNote] = useState("");
    const [lifetime, setLifetime] = useState<typeof choices[number]>("week");
    const [made, setMade] = useState<{ address: string; said: string }>();
    const [isBusy, setBusy] = useState(false);

    const create = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        await attempt(async () => {
            const { token } = await administration.invite(note.trim(), end(lifetime, Date.now()));
            const address = `${location.origin}/invite#${token}`;
            setMade({ address, said: await copyText(address) ? share.created : share.createdNotCopied });
            onMade();
        });
        setBusy(false);
    };

    return (
        <Dialog title={words.invite} onClose={onClose}>
            {made === undefined ? (
                <form className="stack" onSubmit={(event) => void create(event)}>
                    <Field
                        label={words.note} hint={words.noteHint}
                        value={note} onChange={setNote} maxLength={200} autoFocus
                    />
                    <SelectField
                        label={words.expires}
                        value={lifetime}
                        options={choices.map((value) => ({ value, label: share.lifetime[value] }))}
                        onChange={setLifetime}
                    />
                    <div className="dialog-actions">
                        <Button onClick={onClose}>{common.cancel}</Button>
                        <Button kind="primary" type="submit" isBusy={isBusy}>{words.createInvitation}</Button>
                    </div>
                </form>
            ) : (
                <div className="stack">
                    <p className="soft" role="status">{words.invitationOnce}</p>
                    <LinkBox label={share.link} address={made.address} said={made.said} />
                    <div className="dialog-actions">
                        <Button kind="primary" onClick={onClose}>{common.done}</Button>
                    </div>
                </div>
            )}
        </Dialog>
    );
}
