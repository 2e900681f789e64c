import { holdEarly } from '../early.ts';

holdEarly();
