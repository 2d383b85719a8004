export const insecure = {
    title: "This connection is not encrypted",
    lead: "Over plain HTTP from another computer, browsers switch off the microphone, the clipboard and installing "
        + "the site as an app.",
    more: "Give Pronk a certificate (gateway.tls in pronk.yaml), or open it on the machine that it runs on.",
    dismiss: "Understood",
};
