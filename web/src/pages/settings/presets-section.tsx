import { useState } from "react";
import { changePreferences, usePreferences } from "../../app/preferences";
import { Button, IconButton } from "../../parts/button";
import { Icon } from "../../parts/icon";
import { toast } from "../../parts/toasts";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Section } from "../parts/page-frame";
import { PresetDialog } from "./preset-dialog";
import type { Preset } from "./presets";

/** The person's own system prompts. */
export function PresetsSection() {
    const { settings, common } = useTexts();
    const presets = usePreferences().presets ?? [];
    const [edited, setEdited] = useState<number | "new">();

    const keep = (changed: Preset[]) => attempt(() => changePreferences({ presets: changed }));
    const remove = async (index: number, preset: Preset) => {
        const isGone = await keep(presets.filter((_, at) => at !== index));
        if (!isGone) return;
        toast(settings.presetDeleted(preset.name), { label: common.undo, run: () => void keep(presets) });
    };

    return (
        <Section title={settings.presets} lead={settings.presetsLead}>
            {presets.length === 0 ? <p className="soft">{settings.presetNone}</p> : (
                <ul className="rows">
                    {presets.map((preset, index) => (
                        <li key={index} className="row">
                            <div className="row-text">
                                <strong>{preset.name}</strong>
                                <span className="soft clipped">{preset.text}</span>
                            </div>
                            <IconButton
                                icon="edit" label={settings.presetEdit(preset.name)} onClick={() => setEdited(index)}
                            />
                            <IconButton
                                icon="trash"
                                label={settings.presetDelete(preset.name)}
                                onClick={() => void remove(index, preset)}
                            />
                        </li>
                    ))}
                </ul>
            )}
            <div>
                <Button onClick={() => setEdited("new")}><Icon name="plus" size={18} />{settings.presetNew}</Button>
            </div>
            {edited !== undefined && (
                <PresetDialog
                    presets={presets}
                    index={edited === "new" ? undefined : edited}
                    onSave={keep}
                    onClose={() => setEdited(undefined)}
                />
            )}
        </Section>
    );
}
