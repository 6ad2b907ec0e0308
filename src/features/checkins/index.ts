export { CheckinEntity } from './checkin.entity';
export { type CheckinLoaders, createCheckinLoaders } from './checkin.loaders';
export { CheckinRecorder } from './checkin.recorder';
export { type Checkin, CheckinRepository } from './checkin.repository';
export { checkinResolvers } from './checkin.resolvers';
export { type CheckinConnection, CheckinService } from './checkin.service';
