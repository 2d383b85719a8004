// Every page except the chat and the administration, as one file to load: each alone would be smaller than what it
// costs to ask for it.

export { ExportMenu, ShareDialog } from "../share";
export { default as InvitationPage } from "./invitation-page";
export { default as SetUpPage } from "./set-up-page";
export { default as SettingsPage } from "./settings-page";
export { default as SharedPage } from "./shared-page";
export { default as SignInPage } from "./sign-in-page";
