import type { Share } from "../api/sharing";
import { useLanguage } from "../app/preferences";
import { date, moment } from "../pages/times";
import { Button } from "../parts/button";
import { copyText } from "../parts/clipboard";
import { CopyButton } from "../parts/copy-button";
import { useTexts } from "../text/texts";

interface ShareListProps {
    shares: readonly Share[];
    addressOf: (share: Share) => string;
    onRevoke: (share: Share) => Promise<void>;
}

/** The links that there are. */
export function ShareList({ shares, addressOf, onRevoke }: ShareListProps) {
    const { share: words } = useTexts();
    const language = useLanguage();
    const expiry = (share: Share) => {
        if (!share.expires) return words.forever;
        return share.expires < Date.now() ? words.expired : words.until(date(share.expires, language));
    };
    return (
        <div className="stack">
            <h3 className="field-label">{words.links}</h3>
            {shares.length === 0 && <p className="soft">{words.none}</p>}
            <ul className="rows">
                {shares.map((share) => {
                    const audience = words[share.audience];
                    const made = moment(share.created, language);
                    return (
                        <li key={share.id} className="row">
                            <div className="row-text">
                                <a href={addressOf(share)} target="_blank" rel="noreferrer">{made}</a>
                                <span className="soft">
                                    {[audience, words.messages(share.messages), expiry(share)].join(" · ")}
                                </span>
                            </div>
                            <CopyButton label={words.copy} copy={() => copyText(addressOf(share))} />
                            <Button
                                aria-label={words.revokeLabel(audience, made)}
                                onClick={() => void onRevoke(share)}
                            >
                                {words.revoke}
                            </Button>
                        </li>
                    );
                })}
            </ul>
        </div>
    );
}
