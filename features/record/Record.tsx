// The record screens: first table, list and page.
import { NothingHere } from '../../web/nothing_here.tsx';
export const FirstScreen = NothingHere;
export const ListScreen = NothingHere;
export const PageScreen = NothingHere;
