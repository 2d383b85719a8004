import { useId, useRef, useState } from "react";
import { Button } from "../parts/button";
import { copyText } from "../parts/clipboard";
import { Icon } from "../parts/icon";
import { useTexts } from "../text/texts";

/**
 * A link that somebody wants to take along: selected by a click, copied by a button. What came of it is said right
 * here, because a toast would lie under the dialog around it.
 */
export function LinkBox({ label, address, said }: { label: string; address: string; said?: string }) {
    const { share } = useTexts();
    const id = useId();
    const [words, setWords] = useState(said);
    const field = useRef<HTMLInputElement>(null);
    const copy = async () => {
        if (await copyText(address)) {
            setWords(share.copied);
            return;
        }
        field.current?.focus();
        field.current?.select();
        setWords(share.copyByHand);
    };
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <div className="link-box">
                <input ref={field} id={id} value={address} readOnly onFocus={(event) => event.target.select()} />
                <Button onClick={() => void copy()}><Icon name="copy" size={18} />{share.copy}</Button>
            </div>
            <p className="field-hint" role="status">{words}</p>
        </div>
    );
}
