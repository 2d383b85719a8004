import { useEffect, useState } from "react";
import { accounts } from "../../api/accounts";
import { models } from "../../api/chats";
import type { Model } from "../../api/types";
import { changePreferences, useLanguage, usePreferences } from "../../app/preferences";
import { adoptAccount, useAccount } from "../../app/session";
import { Button } from "../../parts/button";
import { Field } from "../../parts/field";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Choice } from "../parts/choice";
import { Section } from "../parts/page-frame";
import { SelectField } from "../parts/select-field";
import { Switch } from "../parts/switch";

/** Name, language, look, and how new chats begin. */
export function GeneralSection() {
    const { settings } = useTexts();
    const preferences = usePreferences();
    const language = useLanguage();
    const change = (changes: typeof preferences) => void attempt(() => changePreferences(changes));
    return (
        <Section title={settings.general}>
            <DisplayName />
            <Choice
                label={settings.language}
                value={language}
                options={[{ value: "en", label: "English" }, { value: "zh", label: "简体中文" }]}
                onChange={(value) => change({ language: value })}
            />
            <Choice
                label={settings.theme}
                value={preferences.theme ?? "system"}
                options={[
                    { value: "system", label: settings.themeSystem },
                    { value: "light", label: settings.themeLight },
                    { value: "dark", label: settings.themeDark },
                ]}
                onChange={(value) => change({ theme: value === "system" ? undefined : value })}
            />
            <DefaultModel
                value={preferences.defaultModel ?? ""}
                onChange={(value) => change({ defaultModel: value === "" ? undefined : value })}
            />
            <Switch
                label={settings.modelTitles}
                hint={settings.modelTitlesHint}
                isOn={preferences.modelTitles !== false}
                onChange={(isOn) => change({ modelTitles: isOn })}
            />
        </Section>
    );
}

function DisplayName() {
    const { settings, common } = useTexts();
    const account = useAccount();
    const [name, setName] = useState(account.displayName);
    const isChanged = name.trim() !== "" && name.trim() !== account.displayName;
    const save = async () => {
        const saved = await attempt(async () => adoptAccount(await accounts.change({ displayName: name.trim() })));
        if (saved) toast(settings.saved);
    };
    return (
        <form
            className="line-form"
            onSubmit={(event) => {
                event.preventDefault();
                if (isChanged) void save();
            }}
        >
            <Field
                label={settings.displayName}
                hint={`${settings.displayNameHint} ${settings.signInName(account.name)}`}
                value={name}
                onChange={setName}
                autoComplete="nickname"
            />
            {isChanged && <Button type="submit" kind="primary">{common.save}</Button>}
        </form>
    );
}

function DefaultModel({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    const { settings } = useTexts();
    const [known, setKnown] = useState<Model[]>([]);
    useEffect(() => {
        void attempt(async () => setKnown((await models.list()).models));
    }, []);
    const ids = known.map((model) => model.id);
    // One that is not served any more stays in sight until another is chosen.
    if (value !== "" && !ids.includes(value)) ids.push(value);
    return (
        <SelectField
            label={settings.defaultModel}
            value={value}
            options={[{ value: "", label: settings.lastUsed }, ...ids.map((id) => ({ value: id, label: id }))]}
            onChange={onChange}
        />
    );
}
