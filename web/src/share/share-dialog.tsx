import type { FormEvent } from "react";
import { useEffect, useState } from "react";
import type { Audience, Share } from "../api/sharing";
import { sharing } from "../api/sharing";
import type { Chat } from "../api/types";
import { attempt } from "../pages/attempt";
import { Choice } from "../pages/parts/choice";
import { SelectField } from "../pages/parts/select-field";
import { Button } from "../parts/button";
import { copyText } from "../parts/clipboard";
import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { useTexts } from "../text/texts";
import type { Lifetime } from "./expiry";
import { end, lifetimes } from "./expiry";
import { LinkBox } from "./link-box";
import { ShareList } from "./share-list";

const addressOf = (share: Share) => `${location.origin}/s/${share.token}`;

/** Makes links to a chat as it is now, and takes them back. */
export function ShareDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
    const { share: words } = useTexts();
    const [shares, setShares] = useState<Share[]>();
    const [audience, setAudience] = useState<Audience>("anyone");
    const [lifetime, setLifetime] = useState<Lifetime>("month");
    const [made, setMade] = useState<{ share: Share; said: string }>();
    const [notice, setNotice] = useState("");
    const [isBusy, setBusy] = useState(false);

    useEffect(() => {
        void attempt(async () => setShares((await sharing.list(chat.id)).shares));
    }, [chat.id]);

    const create = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        await attempt(async () => {
            const share = await sharing.create(chat.id, audience, end(lifetime, Date.now()));
            setShares((all) => [share, ...(all ?? [])]);
            const said = await copyText(addressOf(share)) ? words.created : words.createdNotCopied;
            setMade({ share, said });
            setNotice("");
        });
        setBusy(false);
    };
    const revoke = async (share: Share) => {
        if (!await attempt(() => sharing.revoke(share.id))) return;
        setShares((all) => all?.filter(({ id }) => id !== share.id));
        if (made?.share.id === share.id) setMade(undefined);
        setNotice(words.revoked);
    };

    return (
        <Dialog title={words.title} onClose={onClose}>
            <p className="soft">{chat.running ? `${words.lead} ${words.running}` : words.lead}</p>
            <form className="stack" onSubmit={(event) => void create(event)}>
                <Choice
                    label={words.audience}
                    kind="cards"
                    value={audience}
                    options={[
                        { value: "anyone", label: words.anyone, hint: words.anyoneHint },
                        { value: "accounts", label: words.accounts, hint: words.accountsHint },
                    ]}
                    onChange={setAudience}
                />
                <div className="line-form">
                    <SelectField
                        label={words.expires}
                        value={lifetime}
                        options={lifetimes.map((value) => ({ value, label: words.lifetime[value] }))}
                        onChange={setLifetime}
                    />
                    <Button kind="primary" type="submit" isBusy={isBusy}>
                        <Icon name="link" size={18} />{words.create}
                    </Button>
                </div>
            </form>
            {made !== undefined && (
                <LinkBox key={made.share.id} label={words.link} address={addressOf(made.share)} said={made.said} />
            )}
            {shares !== undefined && <ShareList shares={shares} addressOf={addressOf} onRevoke={revoke} />}
            <p className="soft" role="status">{notice}</p>
        </Dialog>
    );
}
