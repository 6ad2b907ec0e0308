export { componentResolvers } from './component.resolvers';
export { ComponentService } from './component.service';
export {
  componentKey,
  type InstalledComponent,
  type Report,
  type ReportedComponent,
  readComponents,
  writeDocument,
} from './installed-component';
